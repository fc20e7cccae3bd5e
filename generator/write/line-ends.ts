/** A content with LF instead of CRLF. */
export const withoutReturns = (content: Buffer): Buffer =>
  content.includes("\r\n") ? Buffer.from(content.toString("latin1").replaceAll("\r\n", "\n"), "latin1") : content;
