/** Replaces `{0}`, `{1}`, … by the values. */
export function fill(template: string, ...values: readonly string[]): string {
  return template.replace(/\{(\d+)\}/g, (placeholder, index: string) => values[Number(index)] ?? placeholder);
}

/** What stands in a cell that has no value: an empty one would be read out by its tooltip. */
export const noValue = '–';

/** Numbers and times as the user's language writes them. Units are part of the text unless the name says otherwise. */
export interface Format {
  integer(value: number): string;
  /** Three significant digits; for scores and ranks. */
  decimal(value: number): string;
  /** Three significant digits, with a letter for thousands and millions; for axes and rates. */
  compact(value: number): string;
  /** US dollars; small amounts to a hundredth of a cent. */
  dollars(value: number): string;
  /** Milliseconds without unit, short: whole from 100 on, below that up to three significant digits. */
  milliseconds(value: number): string;
  /** Milliseconds without unit, for columns: always three significant digits and never more than two decimals. */
  column(value: number): string;
  /** {@link milliseconds} with its unit. */
  ms(value: number): string;
  /** 0..1. */
  percent(share: number): string;
  /** Decimal units: 1 kB = 1,000 bytes. */
  bytes(value: number): string;
  /** Seconds, or minutes from 90 s on. */
  duration(ms: number): string;
  /** Epoch ms, with seconds. */
  dateTime(epochMs: number): string;
  time(epochMs: number): string;
  /** "a, b, c" */
  list(items: readonly string[]): string;
  /** The English suffix of a pair of texts, `One` or `Other`. */
  plural(value: number): 'One' | 'Other';
}

export function createFormat(locale: string): Format {
  const integers = new Intl.NumberFormat(locale, { maximumFractionDigits: 0 });
  const decimals = new Intl.NumberFormat(locale, { maximumSignificantDigits: 3 });
  const compact = new Intl.NumberFormat(locale, { notation: 'compact', maximumSignificantDigits: 3 });
  const dollars = [2, 4].map((digits) => {
    const style = { style: 'currency', currency: 'USD', minimumFractionDigits: 2 } as const;
    return new Intl.NumberFormat(locale, { ...style, maximumFractionDigits: digits });
  }) as [Intl.NumberFormat, Intl.NumberFormat];
  const milliseconds = (value: number): string => (value >= 100 ? integers : decimals).format(value);
  const [columns0, columns1, columns2] = [0, 1, 2].map(
    (digits) => new Intl.NumberFormat(locale, { minimumFractionDigits: digits, maximumFractionDigits: digits }),
  ) as [Intl.NumberFormat, Intl.NumberFormat, Intl.NumberFormat];
  const wholeMs = new Intl.NumberFormat(locale, { style: 'unit', unit: 'millisecond', maximumFractionDigits: 0 });
  const shortMs = new Intl.NumberFormat(locale, { style: 'unit', unit: 'millisecond', maximumSignificantDigits: 3 });
  const percents = new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 1 });
  const dateTimes = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'medium' });
  const times = new Intl.DateTimeFormat(locale, { timeStyle: 'medium' });
  const lists = new Intl.ListFormat(locale, { type: 'unit' });
  const plurals = new Intl.PluralRules(locale);
  const unit = (value: number, name: string, maximumFractionDigits: number): string =>
    new Intl.NumberFormat(locale, { style: 'unit', unit: name, unitDisplay: 'short', maximumFractionDigits }).format(
      value,
    );
  return {
    integer: (value) => integers.format(value),
    decimal: (value) => decimals.format(value),
    compact: (value) => compact.format(value),
    dollars: (value) => dollars[value < 1 ? 1 : 0].format(value),
    milliseconds,
    column: (value) => (value >= 100 ? columns0 : value >= 10 ? columns1 : columns2).format(value),
    ms: (value) => (value >= 100 ? wholeMs : shortMs).format(value),
    percent: (share) => percents.format(share),
    bytes: (value) => {
      if (value < 1e3) return unit(value, 'byte', 0);
      if (value < 1e6) return unit(value / 1e3, 'kilobyte', 1);
      if (value < 1e9) return unit(value / 1e6, 'megabyte', 1);
      return unit(value / 1e9, 'gigabyte', 2);
    },
    duration: (ms) =>
      ms < 90_000 ? unit(Math.ceil(ms / 1_000), 'second', 0) : unit(Math.ceil(ms / 60_000), 'minute', 0),
    dateTime: (epochMs) => dateTimes.format(epochMs),
    time: (epochMs) => times.format(epochMs),
    list: (items) => lists.format(items),
    plural: (value) => (plurals.select(value) === 'one' ? 'One' : 'Other'),
  };
}
