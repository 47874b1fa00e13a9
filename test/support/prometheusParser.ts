import assert from 'node:assert/strict';

export interface PrometheusFamily {
  readonly name: string;
  readonly help: string;
  readonly type: string;
  readonly samples: { readonly name: string; readonly labels: Record<string, string>; readonly value: number }[];
}

const metricName = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/u;
const sampleLine = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? (\S+)$/u;
const labelPair = /([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\[\\"n])*)"(?:,|$)/uy;
const number = /^(?:[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?|[+-]Inf|NaN)$/iu;
const endings: Readonly<Record<string, readonly string[]>> = {
  counter: [''],
  gauge: [''],
  summary: ['', '_sum', '_count'],
};

/**
 * Reads Prometheus' text format 0.0.4 by the letter of https://prometheus.io/docs/instrumenting/exposition_formats, stricter
 * than Prometheus where the document says "should": HELP, then TYPE, then all lines of a metric; nothing twice.
 */
export function parsePrometheus(text: string): Map<string, PrometheusFamily> {
  assert.ok(text.endsWith('\n'), 'the last line must end with a line feed');
  const families = new Map<string, PrometheusFamily>();
  const seen = new Set<string>();
  let current: PrometheusFamily | undefined;
  let help: [name: string, text: string] | undefined;
  for (const line of text.slice(0, -1).split('\n')) {
    const [, keyword, name = '', rest = ''] = /^# (HELP|TYPE) (\S+) (.*)$/u.exec(line) ?? [];
    if (keyword === 'HELP') {
      assert.match(name, metricName);
      assert.doesNotMatch(rest, /\\[^\\n]/u, line);
      assert.ok(!families.has(name), `${name} comes twice`);
      help = [name, rest];
    } else if (keyword === 'TYPE') {
      assert.equal(help?.[0], name, 'TYPE follows HELP of the same metric');
      assert.ok(rest in endings, `type ${rest}`);
      current = { name, help: help[1], type: rest, samples: [] };
      families.set(name, current);
    } else {
      const [, sample = '', labelText, value = ''] = sampleLine.exec(line) ?? assert.fail(`not a sample: ${line}`);
      assert.ok(current, 'a sample before its TYPE');
      const allowed = endings[current.type]!.map((ending) => current!.name + ending);
      assert.ok(allowed.includes(sample), `${sample} is no line of ${current.name}, a ${current.type}`);
      assert.match(value, number);
      assert.ok(!seen.has(line.slice(0, line.lastIndexOf(' '))), `twice: ${line}`);
      seen.add(line.slice(0, line.lastIndexOf(' ')));
      current.samples.push({ name: sample, labels: parseLabels(labelText ?? ''), value: Number(value) });
    }
  }
  for (const { name, samples } of families.values()) assert.ok(samples.length > 0, `${name} has no sample`);
  return families;
}

function parseLabels(text: string): Record<string, string> {
  const labels: Record<string, string> = {};
  labelPair.lastIndex = 0;
  while (labelPair.lastIndex < text.length) {
    const [, name = '', value = ''] = labelPair.exec(text) ?? assert.fail(`not labels: ${text}`);
    assert.ok(!(name in labels), `label ${name} twice`);
    labels[name] = value.replace(/\\(.)/gu, (_, char: string) => (char === 'n' ? '\n' : char));
  }
  return labels;
}
