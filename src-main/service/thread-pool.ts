/**
 * Imported first of all: libuv reads the size of its thread pool at the pool's first use. File flushes of many
 * sessions wait in that pool; the default of four would make them wait for each other on slow disks.
 *
 * Node 20 reads an ES module through that very pool before any of it runs, so there this line comes too late
 * for our own process and only the environment that we are started with counts.
 */
process.env.UV_THREADPOOL_SIZE ??= '16';
