/*
 * What the benchmark's programs share: names, event types, the requests they borrow.
 *
 * Why borrowed: doors refuse kinds they don't know, and a contract must not grow for a benchmark.
 */
#ifndef NETRA_TESTS_BENCH_BENCH_H
#define NETRA_TESTS_BENCH_BENCH_H

#define BENCH_SOURCE "bench-source"
#define BENCH_RELAY "bench-relay"
#define BENCH_SINK \
    "audit-log" /* the name every service's first question goes to (protocol.md 10) */
#define BENCH_CLIENT "bench-client"

#define BENCH_EVENT_TAKEN 0x7001u
#define BENCH_EVENT_RELAYED 0x7002u
#define BENCH_SCHEMA 1u

#define BENCH_PAYLOAD_BYTES 1024u

/* Whether this is the build without sealing (and, by what it links, without CURVE). */
#ifdef NETRA_BENCH_PLAIN
#define BENCH_IS_PLAIN true
#else
#define BENCH_IS_PLAIN false
#endif

/* To the source: SubmitCase, of which only `sealed_reporter` counts: a field of opaque bytes.
 * Answered after the commit. */
#define BENCH_REQUEST_TAKE NETRA__V1__REQUEST_KIND__REQUEST_KIND_SUBMIT_CASE
/* To the sink: ListRequest; answered once the sink has stored `after` events. */
#define BENCH_REQUEST_STORED NETRA__V1__REQUEST_KIND__REQUEST_KIND_AUDIT_LEAVES

#endif
