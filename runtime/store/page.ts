/** `after`: cursor of the page before. */
export interface PageRequest {
  readonly limit: number;
  readonly after?: string | undefined;
}
export interface Page<Row> {
  readonly items: readonly Row[];
  /** Cursor of the next page; null at the end. */
  readonly next: string | null;
}
