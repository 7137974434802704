"use client";

import { useEffect } from "react";
import { usePathname } from "next/navigation";
import { load } from "jawjaw";

export function Comments() {
  const article = usePathname();
  useEffect(() => {
    load("/jawjaw/");
  }, []);
  return <jaw-jaw key={article} endpoint="https://comments.example" article={article} />;
}
