import Link from "next/link";

export default function Layout({ children }) {
  return (
    <html lang="en">
      <body>
        <nav>
          <Link href="/a/">A</Link> <Link href="/b/">B</Link>
        </nav>
        {children}
      </body>
    </html>
  );
}
