"""Entries that kill whoever applies them, stores that can't write: who is set aside, who isn't."""
from netra_home import submission
from netra_wait import wait_for
from pipeline_support import check, check_told, count, journey, new_id, wait_drained, wait_settled

DEATHS_MAX = 6  # one in company, three alone, and room for one that was not the entry's


def next_seq(home, name):
    return home.services()[name]["seq"] + 1


def supervise(home, names, faults, is_over, seconds=60):
    """Restarts what dies, armed the same way, until `is_over()`; how often each died."""
    deaths = dict.fromkeys(names, 0)

    def look():
        for name in names:
            if home.is_alive(name):
                continue
            deaths[name] += 1
            check(deaths[name] <= DEATHS_MAX, f"{name} died {deaths[name]} times")
            home.start(name, faults)
        return is_over()
    wait_for(look, seconds, lambda: f"the poison is not set aside; deaths {deaths}")
    return deaths


def letters(home):
    answer = home.netra("dead-letter", "list", "--json", "--timeout", "2")
    return answer.json() if answer.status == 0 else []


def set_aside(home, victims, service, point, producer):
    """Poisons the producer's next event for `victims`; the dead letter at `service`."""
    faults = f"{point}=kill@1+#{next_seq(home, producer)}"
    for name in victims:
        home.restart(name, faults)
    for name in victims:
        if not name.startswith("worker"):
            home.wait_ready(name)
    poison = home.submit()
    neighbours = [home.submit()["case_number"] for _ in range(3)]
    deaths = supervise(home, victims, faults, lambda: [
        letter for letter in letters(home) if letter["service"] == service])
    check(sum(deaths.values()) >= 3, f"set aside after {deaths} deaths only")
    found = letters(home)
    check(len(found) == 1, f"dead letters {found}")
    check(found[0]["case_handle"] == poison["case_handle"], f"an innocent was set aside: {found}")
    return poison, neighbours, found[0]


def shown(home, number):
    return home.netra("case", "show", number, "--json", expect=0).json()


def wait_told(home, number):
    wait_for(lambda: shown(home, number)["notices"], 30, f"case {number} is not told")


def poison_at_notification(bench):
    with bench.fresh() as home:
        home.start_all()
        poison, neighbours, letter = set_aside(home, ["notification"], "notification",
                                               "turn_entry_applying", "classification")
        check(letter["status"] == "DIED_ALONE", f"{letter}")
        for number in neighbours:
            wait_told(home, number)
        check(not shown(home, poison["case_number"])["notices"], "the poison was applied")
        home.restart("notification")
        home.wait_ready("notification")
        home.netra("dead-letter", "retry", "notification", str(letter["id"]), expect=0)
        wait_told(home, poison["case_number"])
        wait_for(lambda: not letters(home), 20, "the letter stays after its retry")
        check_told(home, 4)
        wait_drained(home)
        home.netra("audit", "verify", expect=0)
        home.stop_all()


def poison_at_classification(bench):
    with bench.fresh() as home:
        home.start_all()
        poison, neighbours, letter = set_aside(home, ["classification"], "classification",
                                               "turn_entry_applying", "intake")
        check(letter["status"] == "DIED_ALONE", f"{letter}")
        for number in [*neighbours, poison["case_number"]]:
            wait_told(home, number)
        row = shown(home, poison["case_number"])
        check(row["disposition"] == "review", f"the poison did not enter review: {row}")
        home.restart("classification")
        home.wait_ready("classification")
        home.netra("dead-letter", "retry", "classification", str(letter["id"]), expect=0)
        wait_for(lambda: not letters(home), 20, "the letter stays after its retry")
        wait_for(lambda: shown(home, poison["case_number"])["revision"] == 2, 20,
                 "the retry decided nothing")
        journey(home)
        home.stop_all()


def poison_at_the_workers(bench):
    with bench.fresh(workers=3) as home:
        home.start_all()
        poison, neighbours, letter = set_aside(home, home.workers, "classification",
                                               "worker_deciding", "intake")
        for number in [*neighbours, poison["case_number"]]:
            wait_told(home, number)
        row = shown(home, poison["case_number"])
        check(row["disposition"] == "review", f"the poison did not enter review: {row}, {letter}")
        for name in home.workers:
            home.restart(name)
        home.netra("dead-letter", "retry", "classification", str(letter["id"]), expect=0)
        wait_for(lambda: not letters(home), 20, "the letter stays after its retry")
        journey(home)
        home.stop_all()


EXIT_DISK_FULL = 10


def submit_until_taken(home):
    """A submission may meet the full disk: then it is tried again as the same."""
    text, used = submission(), new_id()

    def is_taken():
        answer = home.netra("case", "submit", "-", "--submission-id", used, stdin=text)
        check(answer.status in (0, EXIT_DISK_FULL), f"{answer!r}")
        return answer.status == 0
    wait_for(is_taken, 30, "the submission is never taken")


def a_full_disk_sets_nothing_aside(bench):
    with bench.fresh() as home:
        names = ("intake", "classification", "notification", "audit-log")
        home.start_all({name: "store_commit=full@5,store_commit=full@9" for name in names})
        for _ in range(6):
            submit_until_taken(home)
        wait_settled(home)
        check(count(home, "decision") == 6, "a case was lost or decided twice")
        check_told(home, 6)
        for name in names:
            # A turn may have met it, or a transaction between turns.
            check("event=reserve_given_up" in home.log(name), f"{name} did not meet the fault")
        check(not letters(home), f"ENOSPC dead-lettered {letters(home)}")
        home.netra("audit", "verify", expect=0)
        home.stop_all()


def a_failed_sync_ends_the_process(bench):
    with bench.fresh() as home:
        home.start_all()
        home.restart("intake", "store_commit=sync@8")
        home.wait_ready("intake")

        def submit_until_it_dies():
            home.netra("case", "submit", "-", "--json", "--timeout", "1",
                       stdin=submission())
            return not home.is_alive("intake")
        wait_for(submit_until_it_dies, 30, "a failed sync did not end intake")
        check(home.processes["intake"].status() == 1, f"{home.processes['intake'].status()}")
        home.start("intake", wait=True)
        journey(home)
        home.stop_all()


TESTS = (
    ("a poison entry at notification is set aside alone and can be retried",
     poison_at_notification),
    ("a poison entry at classification enters review and can be retried",
     poison_at_classification),
    ("a case that kills workers enters review, its neighbours unharmed", poison_at_the_workers),
    ("a full disk sets nothing aside and work goes on", a_full_disk_sets_nothing_aside),
    ("a failed sync ends the process, and a restart goes on", a_failed_sync_ends_the_process),
)
