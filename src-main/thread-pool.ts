/**
 * Imported first of all by both hosts: libuv reads the size of its thread pool at the pool's first use. File
 * flushes of many sessions wait in that pool; the default of four would make them wait for each other on slow
 * disks. Both hosts are built as CommonJS, because Node loads an ES module through that very pool.
 */
process.env.UV_THREADPOOL_SIZE ??= '16';
