import { element } from '../shared/element.ts';
import { KeyedList } from '../shared/keyedList.ts';
import { Chart } from './chart.ts';
import type { ChartContent } from './chartContent.ts';
import { courseHint, courseTitle } from './courses.ts';
import type { CourseKey } from './courses.ts';
import type { FactWords } from './facts.ts';

interface Course {
  readonly key: CourseKey;
  readonly content: ChartContent;
}

/** The charts of the last half hour, side by side as far as the width allows. */
export class CourseCharts {
  readonly element: HTMLElement;
  readonly #charts: KeyedList<Course>;

  constructor(words: FactWords) {
    const { strings } = words;
    this.element = element('div', { class: 'courses', role: 'group', 'aria-label': strings.historyLabel });
    this.#charts = new KeyedList(
      this.element,
      ({ key }) => key,
      ({ key }) => {
        const chart = new Chart({ title: courseTitle(key, strings), hint: courseHint(key, strings), words });
        return { element: chart.element, update: ({ content }) => chart.update(content) };
      },
    );
  }

  update(courses: ReadonlyMap<CourseKey, ChartContent>): void {
    this.#charts.update([...courses].map(([key, content]) => ({ key, content })));
  }
}
