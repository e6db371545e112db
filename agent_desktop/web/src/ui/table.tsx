// A list that grows by pages: head, rows that are links, what to say when there are none, and the way to more.

import type { ComponentChildren } from "preact";
import { wordsFor } from "../api";
import { t } from "../i18n";
import type { Pages } from "../office/load";
import { Button, Empty } from "./basics";

export interface Column<T> {
  id: string;
  label: ComponentChildren;
  cell: (row: T) => ComponentChildren;
  /** Numbers and dates stand at the end of their column. */
  end?: boolean;
  /** Left out where there is little room. */
  extra?: boolean;
}

interface TableProps<T> {
  label: string;
  pages: Pages<T>;
  columns: Column<T>[];
  keyOf: (row: T) => string | number;
  empty: ComponentChildren;
}

export function DataTable<T>({ label, pages, columns, keyOf, empty }: TableProps<T>) {
  const rows = pages.rows.value;
  if (pages.failure.value)
    return (
      <Empty icon="alert" title={wordsFor(pages.failure.value)}>
        <Button onClick={() => void pages.reload()}>{t("list.again")}</Button>
      </Empty>
    );
  if (rows?.length === 0 && !pages.loading.value) return <>{empty}</>;
  return (
    <div class="datalist" aria-busy={pages.loading.value}>
      <table class="table data" aria-label={label}>
        <thead>
          <tr>
            {columns.map((column) => (
              <th key={column.id} scope="col" class={classOf(column)}>
                {column.label}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows === null
            ? [1, 2, 3, 4, 5, 6].map((each) => <Ghost key={each} columns={columns.length} />)
            : rows.map((row) => (
                <tr key={keyOf(row)}>
                  {columns.map((column) => (
                    <td key={column.id} class={classOf(column)}>
                      {column.cell(row)}
                    </td>
                  ))}
                </tr>
              ))}
        </tbody>
      </table>
      {rows !== null && (
        <footer class="datalist-foot">
          <span class="small muted" role="status">
            {t(pages.more ? "list.shown_of_more" : "list.shown", { count: rows.length })}
          </span>
          {pages.more && (
            <Button small busy={pages.loading.value} onClick={() => void pages.next()}>
              {t("list.more")}
            </Button>
          )}
        </footer>
      )}
    </div>
  );
}

const classOf = <T,>(column: Column<T>): string | undefined =>
  [column.end && "right", column.extra && "extra"].filter(Boolean).join(" ") || undefined;

/** A row that is on its way. */
function Ghost({ columns }: { columns: number }) {
  return (
    <tr class="ghost" aria-hidden>
      {Array.from({ length: columns }, (_, index) => (
        <td key={index}>
          <span />
        </td>
      ))}
    </tr>
  );
}
