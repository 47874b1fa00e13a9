import type { BenchmarkReport } from '../../src/protocol/benchmark.ts';
import type { HistorySample } from '../../src/protocol/metrics.ts';
import type {
  HostToPerformanceView,
  PerformanceData,
  PerformanceViewToHost,
  SearchSample,
} from '../../src/protocol/views.ts';
import { textButton } from '../shared/button.ts';
import { element, setShown, setText } from '../shared/element.ts';
import { createFormat, fill } from '../shared/format.ts';
import type { Host } from '../shared/host.ts';
import { KeyedList } from '../shared/keyedList.ts';
import { factSections } from './facts.ts';
import type { FactSection, FactWords } from './facts.ts';
import { createFactTable } from './factTable.ts';
import { Chart } from './chart.ts';
import { appendHistory, courses } from './courses.ts';
import { CourseCharts } from './courseCharts.ts';
import { latencyContent } from './latencyChart.ts';
import { jsonReport, markdownReport } from './report.ts';
import { appendSamples } from './samples.ts';
import { StageTable } from './stageTable.ts';
import { TargetTable } from './targetTable.ts';

type HostState = Extract<HostToPerformanceView, { type: 'state' }>;

/** The performance panel: shows what the host sends and keeps nothing but the samples of the charts. */
export class PerformancePanel {
  readonly #host: Host<PerformanceViewToHost, HostToPerformanceView>;
  readonly #words: FactWords;
  readonly #latency: Chart;
  readonly #courses: CourseCharts;
  readonly #stages: StageTable;
  readonly #targets: TargetTable;
  readonly #sections: KeyedList<FactSection>;
  readonly #updated = element('p', { class: 'hint' });
  readonly #exports: HTMLElement;
  readonly #content = element('main', { class: 'grid' });
  #state: HostState;
  #data: PerformanceData | undefined;
  #samples: readonly SearchSample[] = [];
  #history: readonly HistorySample[] = [];
  #benchmark: BenchmarkReport | undefined;

  constructor(host: Host<PerformanceViewToHost, HostToPerformanceView>, state: HostState) {
    const { strings } = state;
    this.#host = host;
    this.#state = state;
    this.#words = { strings, format: createFormat(state.locale) };
    this.#latency = new Chart({ title: strings.latencyTitle, hint: strings.latencyHint, words: this.#words });
    this.#courses = new CourseCharts(this.#words);
    this.#stages = new StageTable(this.#words);
    this.#targets = new TargetTable(this.#words, () => host.post({ type: 'action', action: 'runBenchmark' }));
    const copy = textButton(strings.copyMarkdown, 'secondary', () => this.#export('markdown', 'clipboard'));
    copy.title = strings.copyHint;
    this.#exports = element(
      'div',
      { class: 'exports', role: 'group', 'aria-label': strings.exportLabel },
      textButton(strings.exportJson, 'secondary', () => this.#export('json', 'file')),
      textButton(strings.exportMarkdown, 'secondary', () => this.#export('markdown', 'file')),
      copy,
    );
    const header = element('header', {}, element('h1', {}, strings.title), this.#updated, this.#exports);
    const tables = element('div', { class: 'tables' });
    this.#sections = new KeyedList(tables, ({ key }) => key, createFactTable);
    this.#latency.element.classList.add('wide');
    this.#content.append(
      this.#latency.element,
      this.#courses.element,
      this.#stages.element,
      this.#targets.element,
      tables,
    );
    document.body.replaceChildren(header, this.#content);
    this.receive(state);
  }

  receive(message: HostToPerformanceView): void {
    switch (message.type) {
      case 'state':
        this.#state = message;
        document.documentElement.lang = message.locale;
        this.#samples = appendSamples([], message.samples);
        this.#history = [];
        this.#benchmark = message.benchmark;
        this.#data = message.data;
        break;
      case 'data':
        this.#samples = appendSamples(this.#samples, message.samples);
        this.#history = appendHistory(this.#history, message.history);
        this.#data = message.data;
        break;
      case 'benchmark':
        this.#benchmark = message.report;
    }
    this.#render();
  }

  #render(): void {
    const { strings, format } = this.#words;
    const data = this.#data;
    setShown(this.#content, data !== undefined);
    setShown(this.#exports, data !== undefined);
    setText(
      this.#updated,
      data === undefined ? strings.waiting : fill(strings.updatedAt, format.time(data.metrics.at)),
    );
    if (data === undefined) return;
    this.#latency.update(latencyContent(this.#samples, this.#words));
    this.#courses.update(courses(this.#history, data, this.#words));
    this.#stages.update(data.metrics);
    this.#targets.update(this.#benchmark, data);
    this.#sections.update([...factSections(data, this.#words), ...this.#environment()]);
  }

  #environment(): FactSection[] {
    const { strings, environment } = this.#state;
    if (environment.length === 0) return [];
    const facts = environment.map(({ name, value }) => ({ key: name, name, value, hint: strings.environmentHint }));
    return [{ key: 'environment', title: strings.environmentTitle, facts }];
  }

  #export(format: 'json' | 'markdown', to: 'file' | 'clipboard'): void {
    if (this.#data === undefined) return;
    const content = {
      ...{ data: this.#data, samples: this.#samples, history: this.#history, benchmark: this.#benchmark },
      environment: this.#state.environment,
    };
    const text = format === 'json' ? jsonReport(content) : markdownReport(content, this.#words);
    this.#host.post({ type: 'export', format, to, text });
  }
}
