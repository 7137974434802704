import { Comments } from "../../components/comments";

export default function Page() {
  return (
    <main>
      <h1>Article B</h1>
      <Comments />
    </main>
  );
}
