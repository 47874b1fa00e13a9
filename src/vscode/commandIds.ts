/** Every command, declared once; a test holds package.json to this list. */
export const commandIds = {
  search: 'codeweaver.search',
  openSearchView: 'codeweaver.openSearchView',
  findSimilar: 'codeweaver.findSimilar',
  indexWorkspace: 'codeweaver.indexWorkspace',
  cancelIndexing: 'codeweaver.cancelIndexing',
  pauseIndexing: 'codeweaver.pauseIndexing',
  resumeIndexing: 'codeweaver.resumeIndexing',
  rebuildIndex: 'codeweaver.rebuildIndex',
  clearIndex: 'codeweaver.clearIndex',
  whyFile: 'codeweaver.whyFile',
  showPerformance: 'codeweaver.showPerformance',
  runBenchmark: 'codeweaver.runBenchmark',
  checkRecall: 'codeweaver.checkRecall',
  setApiKey: 'codeweaver.setApiKey',
  clearApiKey: 'codeweaver.clearApiKey',
  openSettings: 'codeweaver.openSettings',
  showLog: 'codeweaver.showLog',
  openBeside: 'codeweaver.pick.openBeside',
  viewRefresh: 'codeweaver.view.refresh',
  viewClear: 'codeweaver.view.clear',
  viewToggleFilters: 'codeweaver.view.toggleFilters',
  viewToggleGrouping: 'codeweaver.view.toggleGrouping',
  viewExpandAll: 'codeweaver.view.expandAll',
  viewCollapseAll: 'codeweaver.view.collapseAll',
} as const;

export type CommandName = keyof typeof commandIds;
