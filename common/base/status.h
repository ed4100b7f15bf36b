/*
 * The one list of outcomes. Every function that can fail returns one; none returns -1.
 *
 * Classes (protocol.md 13):
 *   REJECT  a verdict of the domain or a broken contract: the entry can never succeed. Roll back
 *           to the savepoint.
 *   RETRY   the store or a peer can't now: abandon the turn, confirm nothing, wait. Never counts
 *           against an entry.
 *   FATAL   log it and exit; the supervisor starts us again and the store remembers.
 */
#ifndef NETRA_BASE_STATUS_H
#define NETRA_BASE_STATUS_H

enum status_class { STATUS_CLASS_OK, STATUS_CLASS_REJECT, STATUS_CLASS_RETRY, STATUS_CLASS_FATAL };

/* X(name, class, exit status of a command or service that ends with it, text for people) */
#define STATUS_LIST(X)                                                                          \
    X(OK, OK, 0, "done")                                                                        \
    X(MALFORMED, REJECT, 5, "the bytes are not a message of this contract")                     \
    X(FRAME_TOO_LARGE, REJECT, 5, "the frame is larger than a frame may be")                    \
    X(NESTED_TOO_DEEP, REJECT, 5, "the message is nested deeper than a message may be")         \
    X(TOO_MANY_FIELDS, REJECT, 5, "the message has more fields than a message may have")        \
    X(NOT_UTF8, REJECT, 5, "a text field is not UTF-8, or has a NUL in it")                     \
    X(OUT_OF_RANGE, REJECT, 5, "a value is outside its range")                                  \
    X(FIELD_MISSING, REJECT, 5, "a required field is missing")                                  \
    X(EVENT_TOO_LARGE, REJECT, 5, "the event does not fit a batch")                             \
    X(BODY_EMPTY, REJECT, 5, "the submission has no content")                                   \
    X(BODY_TOO_LARGE, REJECT, 5, "the submission is larger than a submission may be")           \
    X(FACTS_INVALID, REJECT, 5, "the submission has mistakes")                                  \
    X(REGION_NOT_OF_NODE, REJECT, 5, "the region is not one of the node's")                     \
    X(ID_REUSED_WITH_OTHER_BODY, REJECT, 7,                                                     \
      "this submission id was used before, with other content")                                 \
    X(REVISION_MOVED, REJECT, 7,                                                                \
      "the case has moved on: another revision is the newest")                                  \
    X(STORE_MOVED, REJECT, 7, "the store may be another than the act was made for")             \
    X(RESULTS_OF_OTHER_LOG, REJECT, 7, "the results beside the file are another installation's")  \
    X(NAME_TAKEN, REJECT, 7, "that name or key is in the register already, with other content") \
    X(NOT_FOUND, REJECT, 3, "no such thing")                                                    \
    X(NOT_AUTHORISED, REJECT, 4, "this key may not ask for that")                               \
    X(REVOKED, REJECT, 4, "this key was revoked")                                               \
    X(NAME_NOT_OF_KEY, REJECT, 4, "the message names a sender that is not its key's")           \
    X(COMMITMENT_MISMATCH, REJECT, 6, "the payload is not what its header commits to")          \
    X(SEAL_BROKEN, REJECT, 6, "the sealed payload does not open with its key")                  \
    X(SIGNATURE_INVALID, REJECT, 6, "the signature does not verify")                            \
    X(VERIFICATION_FAILED, REJECT, 6, "the audit log does not verify")                          \
    X(REPLAY_DIFFERS, REJECT, 6, "what runs is not what its log says")                          \
    X(DIED_ALONE, REJECT, 1, "the process died three times while it applied this entry alone")  \
    X(USAGE, REJECT, 2, "the command's words are not understood")                               \
    X(TABLES_INVALID, REJECT, 2, "the tables have a mistake; the old ones stay in force")       \
    X(FAILED, REJECT, 1, "the command failed, or found differences")                            \
    X(TRY_AGAIN_LATER, RETRY, 9, "not now; try again later")                                    \
    X(BACKLOG, RETRY, 9, "the backlog has reached its mark; try again later")                   \
    X(STREAM_FORKED, RETRY, 7,                                                                  \
      "a store is older than what its peers hold, or a copy; nothing leaves until recovered")   \
    X(NOT_CONNECTED, RETRY, 9, "the peer is not connected")                                     \
    X(WOULD_BLOCK, RETRY, 9, "the socket takes nothing more now")                               \
    X(KEY_NOT_AT_HAND, RETRY, 9, "a case key has been asked for and is not here yet")           \
    X(CONTRACT_NEWER, RETRY, 9, "a value from a newer contract than this program knows")        \
    X(NO_MEMORY, RETRY, 9, "the turn's arena is full")                                          \
    X(STORE_FULL, RETRY, 10, "the store's disk is full")                                        \
    X(STORE_BUSY, RETRY, 9, "the store is locked by another process")                           \
    X(STORE_IO, RETRY, 1, "the store could not be read or written")                             \
    X(STORE_SYNC_FAILED, FATAL, 1,                                                              \
      "the disk did not confirm a write; nothing about it may be assumed")                      \
    X(STORE_CORRUPT, FATAL, 6, "the store is corrupt")                                          \
    X(STORE_NEWER, FATAL, 7, "the store was written by a newer version of this program")        \
    X(STORE_FOREIGN, FATAL, 7, "the file is not this service's store")                          \
    X(STORE_UNUSABLE, FATAL, 1, "the store can't be opened or written")                         \
    X(CONFIG_INVALID, FATAL, 2, "the configuration is not valid")                               \
    X(CONFIG_MISSING, FATAL, 2, "the configuration file can't be read")                         \
    X(KEY_FILE_INVALID, FATAL, 2, "a key file is missing, unreadable, or not a key")            \
    X(ADDRESS_IN_USE, FATAL, 1, "the address can't be bound")                                   \
    X(ALREADY_RUNNING, FATAL, 1, "another process holds this home's lock")                      \
    X(SYSTEM_FAILED, FATAL, 1, "the operating system refused a call")

enum status {
#define X(name, class, exit_status, text) STATUS_##name,
    STATUS_LIST(X)
#undef X
        STATUS_COUNT
};

/* Marks a function whose status must be looked at. */
#define MUST_USE __attribute__((warn_unused_result))

/* The status's name without its prefix, e.g. "BODY_TOO_LARGE". Static text; never NULL. */
const char *status_name(enum status status);

/* One sentence for people, in English. Static text; never NULL. */
const char *status_text(enum status status);

/* What the turn does about it: see the classes above. */
enum status_class status_class_of(enum status status);

/* The exit status of a command or service that ends with it (design.md "The command"). */
int status_exit(enum status status);

/* The status with that name (as status_name gives it), or STATUS_COUNT when there is none:
 * names arrive on the wire. */
enum status status_from_name(const char *name);

/* Returns from the calling function with the expression's status unless it is OK. The only
 * macro that hides control flow. */
#define TRY(expression)                         \
    do {                                        \
        enum status try_status_ = (expression); \
        if (try_status_ != STATUS_OK)           \
            return try_status_;                 \
    } while (0)

#endif
