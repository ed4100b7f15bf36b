/*
 * The yardstick of latency: how long one 1 KiB append and its fdatasync take on this disk, at a
 * steady pace.
 *
 *     bench_append FILE APPENDS APPENDS-PER-SECOND
 *
 * Prints "us N" for each, after a warm-up. FILE must not exist.
 */
#include "tests/bench/bench.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#define US_PER_S 1000000u
#define NS_PER_S 1000000000u
#define WARM_UP 25u

static long long now_us(void)
{
    struct timespec now = {.tv_sec = 0};
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (long long)now.tv_sec * (long long)US_PER_S + now.tv_nsec / 1000;
}

static int start_timer(unsigned long long pace)
{
    const long nanoseconds = (long)(NS_PER_S / pace);
    const struct timespec step = {.tv_sec = nanoseconds / (long)NS_PER_S,
                                  .tv_nsec = nanoseconds % (long)NS_PER_S};
    const struct itimerspec when = {.it_interval = step, .it_value = step};
    int timer = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC);
    if (timer >= 0 && timerfd_settime(timer, 0, &when, NULL) != 0)
        return -1;
    return timer;
}

static int measure(int file, int timer, unsigned long long appends)
{
    unsigned char row[BENCH_PAYLOAD_BYTES];
    uint64_t ticks = 0;
    randombytes_buf(row, sizeof row);
    for (unsigned long long i = 0; i < appends + WARM_UP; i++) {
        if (read(timer, &ticks, sizeof ticks) != (ssize_t)sizeof ticks)
            return -1;
        long long from_us = now_us();
        if (write(file, row, sizeof row) != (ssize_t)sizeof row || fdatasync(file) != 0)
            return -1;
        if (i >= WARM_UP)
            (void)printf("us %lld\n", now_us() - from_us);
    }
    return 0;
}

int main(int argc, char **argv)
{
    const unsigned long long appends = argc == 4 ? strtoull(argv[2], NULL, 10) : 0;
    const unsigned long long pace = argc == 4 ? strtoull(argv[3], NULL, 10) : 0;
    if (appends == 0 || pace == 0 || sodium_init() < 0) {
        (void)fprintf(stderr, "usage: bench_append FILE APPENDS APPENDS-PER-SECOND\n");
        return 2;
    }
    int file = open(argv[1], O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC, 0600);
    int timer = start_timer(pace);
    int result = file < 0 || timer < 0 ? -1 : measure(file, timer, appends);
    if (result != 0)
        (void)fprintf(stderr, "bench_append: %s: %s\n", argv[1], strerror(errno));
    (void)close(timer);
    (void)close(file);
    return result == 0 ? 0 : 1;
}
