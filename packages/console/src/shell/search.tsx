import { useEffect, useId, useRef, useState } from "preact/hooks";
import { instanceHref } from "../model/routes.ts";
import type { Found } from "../state/finding.ts";
import { find } from "../state/finding.ts";
import { useKeys } from "../state/keys.ts";
import { go } from "../state/router.ts";
import { Icon } from "../widgets/icon.tsx";

const PAUSE_MS = 150;
const ICON_OF = { instance: "instances", function: "functions", entity: "entity" } as const;

/** Goes to an instance by its id, or to a function by a part of its name. Enter takes what is marked, or the id as it was typed. */
export function Search() {
  const id = useId();
  const input = useRef<HTMLInputElement>(null);
  const [text, setText] = useState("");
  const [marked, setMarked] = useState(-1);
  const [isOpen, setOpen] = useState(false);
  const found = useFound(text);
  useKeys({ "/": () => input.current?.focus() });
  const type = (typed: string): void => {
    setText(typed);
    setMarked(-1);
  };
  const leave = (href: string): void => {
    go(href);
    type("");
    setOpen(false);
    input.current?.blur();
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      const step = event.key === "ArrowDown" ? 1 : -1;
      setMarked(found.length === 0 ? -1 : (marked + step + found.length) % found.length);
    } else if (event.key === "Enter" && text.trim() !== "") {
      leave(found[marked]?.href ?? instanceHref(text.trim()));
    } else if (event.key === "Escape") {
      type("");
      input.current?.blur();
    }
  };
  const shows = isOpen && text.trim() !== "";
  return (
    <search class="search">
      <Icon name="search" isSmall />
      <input
        ref={input}
        role="combobox"
        type="text"
        aria-label="Go to an instance or a function"
        placeholder="Go to an instance or a function"
        autocomplete="off"
        spellcheck={false}
        aria-autocomplete="list"
        aria-expanded={shows}
        aria-controls={`${id}-list`}
        aria-activedescendant={shows && marked >= 0 ? `${id}-${marked}` : undefined}
        value={text}
        onInput={(event) => type(event.currentTarget.value)}
        onFocus={() => setOpen(true)}
        onBlur={() => setOpen(false)}
        onKeyDown={onKeyDown}
      />
      <kbd>/</kbd>
      <FoundList id={id} found={found} marked={marked} isHidden={!shows} onLeave={leave} />
    </search>
  );
}

/** What is found for a text, a moment after it was typed. */
function useFound(text: string): readonly Found[] {
  const [found, setFound] = useState<readonly Found[]>([]);
  useEffect(() => {
    if (text.trim() === "") {
      setFound([]);
      return;
    }
    const ended = new AbortController();
    const timer = setTimeout(() => {
      // One that the next letter has ended says nothing: the list would be empty until the next answer.
      find(text, ended.signal).then(setFound, () => ended.signal.aborted || setFound([]));
    }, PAUSE_MS);
    return () => {
      clearTimeout(timer);
      ended.abort();
    };
  }, [text]);
  return found;
}

interface FoundListProps {
  readonly id: string;
  readonly found: readonly Found[];
  readonly marked: number;
  readonly isHidden: boolean;
  readonly onLeave: (href: string) => void;
}

function FoundList({ id, found, marked, isHidden, onLeave }: FoundListProps) {
  return (
    <div class="menu found" id={`${id}-list`} role="listbox" aria-label="Found" hidden={isHidden}>
      {found.map((one, index) => (
        <div
          key={one.href}
          id={`${id}-${index}`}
          role="option"
          tabIndex={-1}
          aria-selected={index === marked}
          onMouseDown={(event) => {
            event.preventDefault(); // before the field loses the focus, and the list goes
            onLeave(one.href);
          }}
        >
          <Icon name={ICON_OF[one.kind]} isSmall />
          <span class="mono found-text">{one.text}</span>
          <span class="dim small spread">{one.note}</span>
        </div>
      ))}
      {found.length === 0 && (
        <div role="option" tabIndex={-1} aria-selected="false" aria-disabled="true" class="dim">
          Nothing begins so. Enter opens the instance of this id.
        </div>
      )}
    </div>
  );
}
