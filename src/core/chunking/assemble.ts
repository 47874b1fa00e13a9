import type { ChunkKind } from '../../protocol/types.ts';
import { append } from './append.ts';
import type { JoinOptions } from './joinUnits.ts';
import { extendedFrom, extendedTo, joinUnits, lineUnits } from './joinUnits.ts';
import type { LineTable } from './lines.ts';
import { pack } from './pack.ts';
import type { Definition, Unit } from './unit.ts';
import { scopeOf } from './unit.ts';

/** Lines of one chunk and what they are; 0-based, inclusive. */
export interface Span {
  readonly first: number;
  readonly last: number;
  readonly symbol: string;
  readonly kind: ChunkKind;
}

export interface Limits {
  readonly maxTokens: number;
  readonly minTokens: number;
}

export interface AssembleOptions extends JoinOptions {
  /** Stands between the names of a symbol path. */
  readonly separator?: string;
  /** Neighbours of one name are clauses of one function. */
  readonly clauses?: boolean;
}

/** The definition whose inside is being cut; without `kind`, the file. */
interface Scope {
  readonly symbol: string;
  readonly kind?: ChunkKind;
  readonly reopens?: boolean;
  readonly first: number;
  readonly last: number;
}

/** Neighbours that become one chunk (`whole`), several (`packed`), or are cut inside (`split`). */
type Segment =
  | { readonly how: 'whole'; readonly unit: Unit }
  | { readonly how: 'split'; readonly unit: Unit }
  | { readonly how: 'packed'; readonly units: readonly Unit[] };

/** Nested definitions are followed this far, nested code that far; deeper text is cut at line borders. */
const maxScopeDepth = 48;
const maxExpansions = 160;
/** Names listed for a chunk of several small definitions. */
const maxListedNames = 6;
/** Characters. */
const maxSymbolLength = 240;

/** Cuts a file's units into chunks: whole definitions where they fit, their parts where not, small neighbours together. */
export class Assembler {
  readonly #lines: LineTable;
  readonly #limits: Limits;
  readonly #options: AssembleOptions;
  readonly #separator: string;
  readonly #spans: Span[] = [];

  constructor(lines: LineTable, limits: Limits, options: AssembleOptions = {}) {
    this.#lines = lines;
    const { maxTokens, minTokens } = limits;
    this.#limits = { maxTokens, minTokens: Math.min(minTokens, maxTokens) };
    this.#options = options;
    this.#separator = options.separator ?? '.';
  }

  assemble(units: readonly Unit[]): Span[] {
    const scope: Scope = { symbol: '', first: 0, last: this.#lines.count - 1 };
    const joined = this.#joined(units, scope);
    const [firstUnit] = joined;
    const lastUnit = joined.at(-1);
    if (firstUnit === undefined || lastUnit === undefined) return [];
    if (this.#lines.tokens(firstUnit.first, lastUnit.last) <= this.#limits.minTokens) this.#emitGroup(joined, scope);
    else this.#emitAll(this.#segments(joined, scope, 0), scope, 0);
    return this.#spans;
  }

  #joined(units: readonly Unit[], { first, last }: Scope): Unit[] {
    const joined = this.#cutToFit(joinUnits(this.#lines, units, first, last, this.#options), 0);
    return this.#options.clauses === true ? this.#withClauses(joined) : joined;
  }

  /** Clauses of one function as one unit, as long as they fit. */
  #withClauses(units: readonly Unit[]): Unit[] {
    const result: Unit[] = [];
    for (const unit of units) {
      const before = result.at(-1);
      const isClause =
        before?.definition !== undefined &&
        unit.definition?.name === before.definition.name &&
        unit.definition.kind === before.definition.kind &&
        this.#lines.tokens(before.first, unit.last) <= this.#limits.maxTokens;
      if (isClause) result[result.length - 1] = extendedTo(before, unit.last);
      else result.push(unit);
    }
    return result;
  }

  /**
   * Replaces plain units that are too large by what they consist of, down to single lines. Their parts are cut finer, so
   * that packing has a choice.
   */
  #cutToFit(units: readonly Unit[], expansions: number): Unit[] {
    const fitting: Unit[] = [];
    const largest = expansions === 0 ? this.#limits.maxTokens : this.#limits.maxTokens / 2;
    for (const unit of units) {
      if (unit.role === 'definition' || unit.first === unit.last || this.#tokens(unit) <= largest) {
        fitting.push(unit);
      } else if (unit.expand === undefined || expansions >= maxExpansions) {
        if (this.#fits(unit) && unit.expand === undefined) fitting.push(unit);
        else append(fitting, lineUnits(this.#lines, unit.first, unit.last));
      } else {
        const parts = joinUnits(this.#lines, unit.expand(), unit.first, unit.last, this.#options);
        append(fitting, this.#cutToFit(parts, expansions + 1));
      }
    }
    return fitting;
  }

  #segments(units: readonly Unit[], scope: Scope, depth: number): Segment[] {
    const segments: Segment[] = [];
    let small: Unit[] = [];
    const flush = (): void => {
      if (small.length > 0) segments.push({ how: 'packed', units: small });
      small = [];
    };
    for (const unit of units) {
      const how = unit.definition === undefined ? 'packed' : this.#treatment(unit, unit.definition, scope, depth);
      if (how === 'packed') {
        small.push(unit);
      } else {
        flush();
        segments.push({ how, unit });
      }
    }
    flush();
    return this.#withoutScraps(segments, scope);
  }

  #treatment(unit: Unit, definition: Definition, scope: Scope, depth: number): Segment['how'] {
    if (!this.#fits(unit)) return unit.first === unit.last ? 'whole' : 'split';
    if (!this.#isUseful(unit, definition)) return 'packed';
    if (definition.kind !== 'module' && definition.kind !== 'section') return 'whole';
    if (unit.expand === undefined || depth >= maxScopeDepth || this.#tokens(unit) <= this.#limits.minTokens)
      return 'whole';
    // A namespace is a place, not a thing: it gives way to the definitions inside it.
    const inside = this.#inside(unit, definition, scope);
    const segments = this.#segments(this.#parts(unit, inside, depth), inside, depth + 1);
    return segments.some((segment) => segment.how !== 'packed') ? 'split' : 'whole';
  }

  #fits(unit: Unit): boolean {
    return this.#tokens(unit) <= this.#limits.maxTokens;
  }

  /** Large enough to be a result of its own. A one-line function is so only when it is a long line. */
  #isUseful(unit: Unit, definition: Definition): boolean {
    const { minTokens } = this.#limits;
    if (this.#tokens(unit) >= minTokens) return true;
    const { bodyFirst = unit.first } = unit;
    return (
      definition.minor !== true && unit.last > bodyFirst && this.#lines.tokens(bodyFirst, unit.last) >= minTokens / 2
    );
  }

  #tokens(unit: Unit): number {
    return this.#lines.tokens(unit.first, unit.last);
  }

  /** A few words alone (`'use strict';`, `namespace x {`, `export default y;`) go with their neighbour. */
  #withoutScraps(segments: readonly Segment[], scope: Scope): Segment[] {
    const result: Segment[] = [];
    let scrapFirst: number | undefined;
    segments.forEach((segment, index) => {
      if (segment.how === 'packed' && this.#isScrap(segment.units, scope)) {
        const [unit] = segment.units;
        const next = segments[index + 1];
        const before = result.at(-1);
        const last = segment.units.at(-1)?.last ?? 0;
        if (unit !== undefined && next !== undefined && this.#takes(next, unit.first, undefined)) {
          scrapFirst = unit.first;
          return;
        }
        if (before !== undefined && this.#takes(before, undefined, last)) {
          result[result.length - 1] = grown(before, undefined, last);
          return;
        }
      }
      result.push(scrapFirst === undefined ? segment : grown(segment, scrapFirst, undefined));
      scrapFirst = undefined;
    });
    return result;
  }

  #isScrap(units: readonly Unit[], scope: Scope): boolean {
    const first = units[0]?.first ?? 0;
    const last = units.at(-1)?.last ?? 0;
    if (this.#lines.tokens(first, last) > this.#limits.minTokens / 4) return false;
    if (units.some((unit) => unit.definition !== undefined)) return false;
    if (scope.kind === undefined || first !== scope.first || scope.reopens === true) return true;
    // The head of a class or function names it; it stays a result even when it is one line.
    const inside = scopeOf(scope.kind);
    return inside !== 'type' && inside !== 'function';
  }

  #takes(segment: Segment, first: number | undefined, last: number | undefined): boolean {
    if (segment.how === 'packed') return false;
    if (segment.how === 'split') return true;
    return this.#lines.tokens(first ?? segment.unit.first, last ?? segment.unit.last) <= this.#limits.maxTokens;
  }

  #emitAll(segments: readonly Segment[], scope: Scope, depth: number): void {
    for (const segment of segments) {
      switch (segment.how) {
        case 'whole':
          this.#emitWhole(segment.unit, scope);
          break;
        case 'split':
          this.#emitParts(segment.unit, scope, depth);
          break;
        case 'packed':
          for (const group of pack(this.#lines, segment.units, this.#limits.maxTokens)) this.#emitGroup(group, scope);
          break;
      }
    }
  }

  #emitWhole(unit: Unit, scope: Scope): void {
    const { definition } = unit;
    if (definition === undefined) this.#emitGroup([unit], scope);
    else this.#emit(unit.first, unit.last, this.#path(scope, definition.name), definition.kind);
  }

  #emitParts(unit: Unit, scope: Scope, depth: number): void {
    const { definition, bodyFirst = unit.first } = unit;
    if (definition === undefined) return;
    const { maxTokens, minTokens } = this.#limits;
    const headTokens = bodyFirst > unit.first ? this.#lines.tokens(unit.first, bodyFirst - 1) : 0;
    const bodyFits = this.#lines.tokens(bodyFirst, unit.last) <= maxTokens;
    let inside = this.#inside(unit, definition, scope);
    if (headTokens > maxTokens / 2 || (bodyFits && headTokens >= minTokens)) {
      // The documentation can stand for itself, so that the definition stays whole.
      for (const group of pack(this.#lines, lineUnits(this.#lines, unit.first, bodyFirst - 1), maxTokens)) {
        this.#emitGroup(group, inside);
      }
      if (bodyFits) {
        this.#emit(bodyFirst, unit.last, inside.symbol, definition.kind);
        return;
      }
      inside = { ...inside, first: bodyFirst };
    }
    const units = this.#parts({ ...unit, first: inside.first }, inside, depth);
    this.#emitAll(this.#segments(units, inside, depth + 1), inside, depth + 1);
  }

  /** What a definition consists of; its documentation stays with its first lines. */
  #parts(unit: Unit, inside: Scope, depth: number): Unit[] {
    const { bodyFirst = unit.first } = unit;
    const parts = depth >= maxScopeDepth ? [] : (unit.expand?.() ?? []);
    if (parts.length === 0) return lineUnits(this.#lines, unit.first, unit.last);
    if (bodyFirst > unit.first) parts.unshift({ first: unit.first, last: bodyFirst - 1, role: 'attached' });
    const joined = this.#joined(parts, inside);
    const [only] = joined;
    const isSame =
      only?.definition !== undefined &&
      only.definition.name === unit.definition?.name &&
      only.first === unit.first &&
      only.last === unit.last;
    // Definitions that share all their lines cannot be told apart.
    return isSame ? lineUnits(this.#lines, unit.first, unit.last) : joined;
  }

  #inside(unit: Unit, definition: Definition, scope: Scope): Scope {
    return {
      symbol: this.#path(scope, definition.name),
      kind: definition.kind,
      reopens: definition.reopens === true,
      first: unit.first,
      last: unit.last,
    };
  }

  #path(scope: Scope, name: string): string {
    if (scope.symbol === '') return name;
    // `factory Cart.fromJson` inside of `Cart` says the name again.
    const own = scope.symbol.slice(scope.symbol.lastIndexOf(this.#separator) + 1);
    const inner = name.startsWith(`${own}.`) ? name.slice(own.length + 1) : name;
    return `${scope.symbol}${this.#separator}${inner}`;
  }

  /** Small neighbours as one chunk, named after what they define, else after where they stand. */
  #emitGroup(units: readonly Unit[], scope: Scope): void {
    const first = units[0]?.first;
    const last = units.at(-1)?.last;
    if (first === undefined || last === undefined) return;
    const isHead = scope.kind !== undefined && first === scope.first;
    const definitions = units.flatMap((unit) => (unit.definition === undefined ? [] : [unit.definition]));
    const [one] = definitions;
    if (one === undefined || isHead || (scope.kind !== undefined && scopeOf(scope.kind) === 'function')) {
      this.#emit(first, last, scope.symbol, scope.kind ?? 'block');
      return;
    }
    const [, ...others] = new Set(definitions.map(({ name }) => name));
    const names = [this.#path(scope, one.name), ...others].slice(0, maxListedNames);
    const named = units.reduce((sum, unit) => sum + (unit.definition === undefined ? 0 : this.#tokens(unit)), 0);
    const isOneKind =
      named * 2 >= this.#lines.tokens(first, last) && definitions.every(({ kind }) => kind === one.kind);
    this.#emit(first, last, names.join(', '), isOneKind ? one.kind : 'block');
  }

  #emit(first: number, last: number, path: string, kind: ChunkKind): void {
    const symbol = path.length > maxSymbolLength ? `${path.slice(0, maxSymbolLength - 1)}…` : path;
    const from = this.#lines.nextVisible(first, last);
    const to = this.#lines.previousVisible(from, last);
    if (to >= from) this.#spans.push({ first: from, last: to, symbol, kind });
  }
}

function grown(segment: Segment, first: number | undefined, last: number | undefined): Segment {
  if (segment.how === 'packed') return segment;
  let { unit } = segment;
  if (first !== undefined) unit = extendedFrom(unit, first);
  if (last !== undefined) unit = extendedTo(unit, last);
  return { how: segment.how, unit };
}
