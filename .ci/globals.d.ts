// Types of the globals that the site's modules use: htmx, a classic script, and its events.

interface HtmxDetail {
  elt: HTMLElement;
  xhr: XMLHttpRequest;
  target: HTMLElement;
  isError: boolean;
  swapOverride?: string;
  requestConfig: {
    parameters: Record<string, string>;
    triggeringEvent?: SubmitEvent;
  };
}

type HtmxEvent = CustomEvent<HtmxDetail>;

interface DocumentEventMap {
  "htmx:beforeRequest": HtmxEvent;
  "htmx:beforeOnLoad": HtmxEvent;
  "htmx:beforeSwap": HtmxEvent;
  "htmx:afterSwap": HtmxEvent;
  "htmx:afterSettle": HtmxEvent;
  "htmx:responseError": HtmxEvent;
  "htmx:sendError": HtmxEvent;
  "htmx:timeout": HtmxEvent;
}

declare const htmx: {
  ajax(verb: string, path: string, context: { target: string; swap: string }): Promise<void>;
  process(element: Element): void;
  trigger(element: Element, event: string): void;
};

/** The data attributes of #connection. */
interface LiveData {
  changes: string;
  rows: string;
  token: string;
  snapshot: string;
  status?: string;
}
