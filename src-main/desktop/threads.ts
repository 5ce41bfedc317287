/**
 * Imported first of all: libuv reads the size of its thread pool at the first use. File flushes of many
 * sessions wait in that pool; the default of four would make them wait for each other on slow disks.
 */
process.env['UV_THREADPOOL_SIZE'] ??= '16';
