import * as vscode from 'vscode';

/** The user wants the step before. */
export const back = Symbol('back');

export interface StepOptions {
  readonly title: string;
  /** 1-based. */
  readonly step: number;
  /** Undefined: the answer decides. */
  readonly totalSteps: number | undefined;
  readonly placeholder: string;
  /** What was wrong with an earlier answer. */
  readonly problem?: string | undefined;
}

export interface PickStepOptions<T extends vscode.QuickPickItem> extends StepOptions {
  readonly items: readonly T[];
  /** The item that has the focus first; default: the first one. */
  readonly active?: T | undefined;
  /** Makes an item of what is typed, offered behind the others. */
  readonly typed?: (text: string) => T | undefined;
  /** More items, when they are there; never rejects. */
  readonly more?: Promise<readonly T[]> | undefined;
}

export interface InputStepOptions extends StepOptions {
  readonly value: string;
  readonly password?: boolean;
  /** What is wrong with a text; undefined = it will do. */
  readonly validate: (text: string) => string | undefined;
}

/** One step of several that is answered by choosing. Undefined: the user left. */
export async function pickStep<T extends vscode.QuickPickItem>(
  options: PickStepOptions<T>,
): Promise<T | typeof back | undefined> {
  const { active, items, more, problem, typed } = options;
  const pick = vscode.window.createQuickPick<T>();
  prepare(pick, options);
  pick.placeholder = problem ?? options.placeholder;
  let known = items;
  const update = (): void => {
    const item = typed?.(pick.value.trim());
    pick.items = item === undefined ? known : [...known, item];
  };
  update();
  if (active !== undefined) pick.activeItems = [active];
  const answer = Promise.withResolvers<T | typeof back | undefined>();
  if (typed !== undefined) pick.onDidChangeValue(() => update());
  pick.onDidAccept(() => {
    const [chosen] = pick.activeItems;
    if (chosen !== undefined) answer.resolve(chosen);
  });
  if (more !== undefined) {
    pick.busy = true;
    void more.then((found) => {
      known = [...known, ...found.filter(({ label }) => !known.some((item) => item.label === label))];
      update();
      pick.busy = false;
    });
  }
  return settle(pick, answer);
}

/** One step of several that is answered by typing. Undefined: the user left. */
export async function inputStep(options: InputStepOptions): Promise<string | typeof back | undefined> {
  const { password = false, problem, validate, value } = options;
  const input = vscode.window.createInputBox();
  prepare(input, options);
  input.prompt = options.placeholder;
  input.value = value;
  input.password = password;
  const say = (message: string | undefined): void => {
    input.validationMessage = message && { message, severity: vscode.InputBoxValidationSeverity.Error };
  };
  say(problem);
  const answer = Promise.withResolvers<string | typeof back | undefined>();
  input.onDidChangeValue(() => say(undefined));
  input.onDidAccept(() => {
    const wrong = validate(input.value);
    if (wrong === undefined) answer.resolve(input.value);
    else say(wrong);
  });
  return settle(input, answer);
}

/** What a quick pick and an input box have in common for steps. */
interface Quick extends vscode.QuickInput {
  buttons: readonly vscode.QuickInputButton[];
  readonly onDidTriggerButton: vscode.Event<vscode.QuickInputButton>;
}

function prepare(quick: Quick, { step, title, totalSteps }: StepOptions): void {
  quick.title = title;
  quick.step = step;
  quick.totalSteps = totalSteps;
  quick.ignoreFocusOut = true;
  if (step > 1) quick.buttons = [vscode.QuickInputButtons.Back];
}

async function settle<T>(quick: Quick, answer: PromiseWithResolvers<T | typeof back | undefined>) {
  quick.onDidTriggerButton((button) => {
    if (button === vscode.QuickInputButtons.Back) answer.resolve(back);
  });
  quick.onDidHide(() => answer.resolve(undefined));
  quick.show();
  const given = await answer.promise;
  quick.dispose();
  return given;
}
