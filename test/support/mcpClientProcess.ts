import { connectMcp } from './mcpClient.ts';

/* A client in a process of its own: starts the server with its arguments, says the server's process id and waits. */

const { pid, call } = await connectMcp(process.argv.slice(2));
await call('index_status');
process.stdout.write(`${pid}\n`);
