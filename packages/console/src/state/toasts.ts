import { signal } from "@preact/signals";
import { messageOf } from "./problems.ts";

export interface Toast {
  readonly no: number;
  readonly text: string;
  readonly isProblem: boolean;
  readonly link: { readonly href: string; readonly text: string } | null;
}

const SHOWN_MS = 6_000;

export const toasts = signal<readonly Toast[]>([]);
let last = 0;

export function say(text: string, { link = null, isProblem = false }: Partial<Pick<Toast, "link" | "isProblem">> = {}): void {
  last += 1;
  const no = last;
  toasts.value = [...toasts.value.slice(-2), { no, text, isProblem, link }];
  // What went wrong stays until it is read.
  if (!isProblem) setTimeout(() => dismiss(no), SHOWN_MS);
}

export function dismiss(no: number): void {
  toasts.value = toasts.value.filter((toast) => toast.no !== no);
}

export const sayProblem = (error: unknown): void => say(messageOf(error), { isProblem: true });
