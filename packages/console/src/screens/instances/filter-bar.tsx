import { useEffect, useRef } from "preact/hooks";
import type { Span, ViewQuery, Waits } from "../../model/view-query.ts";
import { LISTED, ORDER_TEXTS, ORDERS, SPAN_NAMES, SPAN_TEXTS, WAIT_TEXTS, WAITS } from "../../model/view-query.ts";
import { setQuery } from "../../state/router.ts";
import { Icon } from "../../widgets/icon.tsx";
import { Menu } from "../../widgets/menu.tsx";
import { ChoiceFilter } from "../common/choice-filter.tsx";
import { Clearable, FilterText } from "../common/filter-text.tsx";
import { FunctionFilter } from "../common/function-filter.tsx";
import { TextFilter } from "../common/text-filter.tsx";

const PAUSE_MS = 250;

/** What is listed, and in which order; each filter is a part of the address. */
export function FilterBar({ view }: { readonly view: ViewQuery }) {
  return (
    <>
      <IdFilter value={view.id ?? ""} />
      <SpanFilter name="Started" param="started" value={view.started} />
      {view.ended !== null && <SpanFilter name="Ended" param="ended" value={view.ended} />}
      <Clearable name="Status" isOn={view.status.length > 0} onClear={() => setQuery({ status: undefined })}>
        <Menu
          look={view.status.length > 0 ? "filter on" : "filter"}
          text={<FilterText name="Status" value={view.status.join(", ")} />}
          isMany
          items={LISTED.map((status) => ({ value: status, text: status, isOn: view.status.includes(status) }))}
          onChoose={(value) => {
            const next = LISTED.filter((status) => view.status.includes(status) !== (status === value));
            setQuery({ status: next.join(",") });
          }}
        />
      </Clearable>
      <FunctionFilter value={view.name} onChange={(name) => setQuery({ name })} />
      <TextFilter name="Tag" value={view.tags.join(",")} hint="key:value; several with commas." onChange={(tag) => setQuery({ tag })} />
      <TextFilter
        name="Version"
        value={view.version ?? ""}
        hint="As it was given to the start."
        onChange={(version) => setQuery({ version })}
      />
      <WaitsFilter value={view.waits} />
      {view.error !== null && (
        <TextFilter name="Error" value={view.error} hint="A part of the text of a failure." onChange={(error) => setQuery({ error })} />
      )}
      {view.parent !== null && (
        <TextFilter name="Parent" value={view.parent} hint="The id of an instance." onChange={(parent) => setQuery({ parent })} />
      )}
    </>
  );
}

function IdFilter({ value }: { readonly value: string }) {
  const field = useRef<HTMLInputElement>(null);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => {
    // Typed text stays while its answer is on the way.
    if (field.current !== null && document.activeElement !== field.current) field.current.value = value;
  }, [value]);
  return (
    <span class="input id-filter">
      <Icon name="search" isSmall />
      <input
        ref={field}
        type="search"
        aria-label="Instance id begins with"
        placeholder="Instance id begins with…"
        defaultValue={value}
        spellcheck={false}
        onInput={(event) => {
          const id = event.currentTarget.value.trim();
          clearTimeout(timer.current);
          timer.current = setTimeout(() => setQuery({ id }), PAUSE_MS);
        }}
      />
    </span>
  );
}

function SpanFilter({ name, param, value }: { readonly name: string; readonly param: string; readonly value: Span | null }) {
  return (
    <ChoiceFilter
      name={name}
      none="at any time"
      value={value}
      choices={SPAN_NAMES.map((span) => ({ value: span, text: SPAN_TEXTS[span] }))}
      onChoose={(span) => setQuery({ [param]: span })}
    />
  );
}

function WaitsFilter({ value }: { readonly value: Waits | null }) {
  return (
    <ChoiceFilter
      name="Waits for"
      none="whatever it is"
      value={value}
      choices={WAITS.map((waits) => ({ value: waits, text: WAIT_TEXTS[waits] }))}
      onChoose={(waits) => setQuery({ waits })}
    />
  );
}

export function OrderMenu({ view }: { readonly view: ViewQuery }) {
  return (
    <Menu
      look="filter on"
      label={`Order: ${ORDER_TEXTS[view.order]}`}
      text={
        <>
          <Icon name="updown" isSmall />
          {ORDER_TEXTS[view.order]}
        </>
      }
      items={ORDERS.map((order) => ({ value: order, text: ORDER_TEXTS[order], isOn: order === view.order }))}
      onChoose={(order) => setQuery({ order: order === "newest" ? undefined : order })}
    />
  );
}
