/** Shown below the options by `--help`. */
export const examples = `Examples:
  codeweaver search . "where are retries delayed"         index the folder (once), print the best places
  codeweaver search . parseConfig -k 5 --kind function    only functions, five of them
  codeweaver search . "open a socket" --json | jq .       for programs
  codeweaver search . --queries questions.jsonl --json    many questions, the index loaded once
  codeweaver index . --provider openai --model text-embedding-3-small
  codeweaver index . --base-url http://localhost:11434/v1 --model nomic-embed-text
  codeweaver plan . --model text-embedding-3-small        what that would send and cost; sends nothing
  codeweaver probe --base-url http://localhost:8080/v1 --model bge-m3
  codeweaver search . "open a socket" --rerank-url http://localhost:8080
  codeweaver eval . --queries known.jsonl                 how well your own questions are answered
  codeweaver duplicates . --tests exclude --min-lines 15       code that is there twice
  codeweaver chunks src/server.ts                         how a file is cut into chunks
  codeweaver why src/generated/api.ts                     which rule keeps this file out
  codeweaver status . --json
  codeweaver index . --cpu-prof --metrics run.prom        where its time went, for VS Code and for Prometheus
  codeweaver status . --check-recall                      how complete vector search is here
  codeweaver mcp .                                        for agents: a server on stdin and stdout
  codeweaver bench                                        how fast it is on this machine`;

export const notes = `Environment:
  CODEWEAVER_API_KEY, OPENAI_API_KEY   key of the embedding provider (the first one that is set)
  CODEWEAVER_RERANK_API_KEY            key of the reranker
  NO_COLOR                             no colours
  XDG_CACHE_HOME, LOCALAPPDATA         where the default index directory is (Linux, Windows)

Exit codes:
  0    done (a search without results, with lexical results because a provider is
       down, or without reranking, is done)
  1    unexpected error, or some queries of a batch could not be answered
  2    wrong arguments
  3    the folder, the file or its index does not exist
  4    the embedding provider failed, or the budget is reached; what was embedded is
       kept and lexical search works
  5    another process is indexing this folder
  6    the index could not be read or written (disk full, permissions)
  130  stopped by Ctrl+C; the next run goes on where this one stopped

Results go to stdout, everything else to stderr. Options that decide what is indexed, and how, are remembered with
the index: later commands need not repeat them; an empty --include "" or --exclude "" takes them back.`;
