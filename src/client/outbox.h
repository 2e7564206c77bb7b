/* SPDX-License-Identifier: GPL-3.0-or-later
 * client/outbox.h — one write as the files of this room see it: its items, their states, and the
 * text that lies in the outbox. Nothing outside src/client includes it. */
#pragma once
#include "client/internal.h"

typedef enum {
    ON_SEND,       /* about to go out */
    ON_OK,         /* the core says it is done */
    ON_CONFLICT,   /* 409, 412, 423 */
    ON_REFUSED,    /* the core says no */
    ON_SILENCE,    /* sent, and no answer that says which */
    ON_NEVER_SENT, /* the core has surely not acted on it */
    ON_FOUND,      /* asked: it is there */
    ON_ABSENT,     /* asked: it is not there */
    ON_OVERTAKEN,  /* asked: it is not there, and someone else has changed the resource */
    ON_TAKEN_OVER, /* the core said to an earlier attempt that it is done */
    ON_OTHER_ETAG, /* turned away for the form of its ETag: nothing was done, and nobody has changed the resource */
    ON_GIVEN_UP,   /* what it belongs to was not done: it will not be sent */
    WRITE_EVENTS
} WriteEvent;

typedef struct {
    ClientWriteKind kind;
    gboolean ask_first; /* may have been sent before under this identifier */
    gboolean left;      /* this write's own request has gone out, and it is not known to be without effect */
    gboolean answered;  /* the core itself said that it has done it; else it was known by its words */
    Instant late_until; /* an attempt without an answer may still be done by the core until then */
    char *type, *id, *full_url, *if_match, *provenance, *reason;
    FhirResource *resource; /* create, update: as sent; patch: what it is based on */
    GBytes *patch, *back;   /* @back: takes it back, should the rest not be done */
    char *base;      /* versionId of what it changes; NULL = that is known by @if_match only */
    gboolean tagged; /* @if_match is an ETag as it came, none that was made of the version */
    char *made;    /* ETag of the version that this write made, as the core's answer to it said; NULL = it did not */
    gboolean undo; /* takes back what an earlier item of this write has done */
    ClientWriteItem out;
    GPtrArray *issue_owner; /* keeps out.issues alive */
} Item;

/* How long a request without an answer may be under way to a core, and be done by it. */
#define WRITE_LATE_US (120 * G_USEC_PER_SEC)

typedef struct Write Write;
typedef void (*WriteStep)(Write *w);
struct Write {
    Client *client;
    char *id, *patient;
    char *earlier; /* the row of an attempt whose changes this one took over; NULL = none */
    Instant created, sent;
    gboolean transaction; /* how it is sent */
    gboolean resumed;     /* from an earlier run: nothing is sent by itself */
    gboolean begun;       /* it is on the disk and on its way out */
    gboolean apart;       /* the core has refused it as one, and it goes one by one */
    gboolean resent, looked_again;
    gboolean forgotten;   /* by a person, while it was being asked about: its row goes at the end of that */
    gboolean given_up;    /* a person has, or has been told: only what was half done is taken back */
    GPtrArray *items; /* Item* */
    guint at;         /* the item in hand */
    guint last;       /* the item that had no answer */
    GError *error;
    char *request_id;
    GBytes *stored; /* the row as it was read; NULL = not read */

    guint client_scope_id;
    Scope *scope; /* the caller's; NULL when it has closed */
    guint scope_id;
    ClientWriteFn fn;
    gpointer data;
    Write **pending; /* where a put under way keeps this write; NULL = none */
    WriteStep then; /* after the asking or sending under way */
    void (*settled)(Write *w, gpointer data); /* resume's */
    gpointer settled_data;
};

/* write.c: life. write_begin() gives the write to the client; before that the caller owns it. */
Write *write_new(Client *client, const char *id, const char *patient);
void write_free(gpointer w);
void write_begin(Write *w);
void write_call_back(Write *w, Scope *scope, ClientWriteFn fn, gpointer data);
/* Tells @fn from an idle turn that nothing was begun; takes @error. */
void write_refuse(Scope *scope, ClientWriteFn fn, gpointer data, GError *error);

/* write-road.c: both end with the callbacks told and the write freed. */
void write_go(Write *w);       /* on the disk, then out */
/* What the core does not have goes out, once more by itself or signed again, though a first may still arrive: under a
 * condition that only one of the two can pass. */
gboolean write_goes_again(const Write *w);
void write_find_out(Write *w); /* nothing is sent but what takes back: the core is asked what became of it */
/* A person lets go of it: what it had done by itself is taken back. FALSE: there is nothing, and it is the caller's. */
gboolean write_give_up(Write *w);

/* write-half.c. write_take_back(): adds what takes back to the items, where there is something; from then on nothing
 * else of the write is sent, ever, and both go to the disk in one. */
gboolean write_take_back(Write *w);
gboolean write_takes_back(const Write *w);
ClientHalf write_half_of(const Write *w);
/* Something has been changed for a whole that is not done: a repeat would only meet its own change. */
gboolean write_is_half_done(const Write *w);

/* write-tell.c: what is told of it; @outs, empty and the caller's, keeps its items. */
ClientWriteResult write_result(const Write *w, GPtrArray *outs);
void write_announce(Write *w); /* what was confirmed, to the cache and to who listens */

/* follow.c: who was told that a write has no answer waits for one. */
gboolean follow_waits(const Write *w);
void follow_tell(const Write *w, const ClientWriteResult *result); /* once it is known; ends their waiting */
void follow_close(Client *client);

/* outbox.c: rows that are not known are asked about again when they have had their time. */
void outbox_ask_later(Client *client);
void outbox_ask_now(Client *client); /* if anything waits to be asked about */

/* outbox-item.c */
Item *item_new(const ClientWrite *from, GError **error);
void item_free(Item *item);
Item *item_undo(const Item *done); /* NULL: nobody can be sure to take back only this */
/* etag.c. @now, which came with @etag (NULL: none came), is the version that @item changes. */
gboolean item_is_on(const Item *item, const FhirResource *now, const char *etag);
/* From now on it goes under @etag: the core's own of that version, where ours was made. FALSE: there is nothing to take. */
gboolean item_take_etag(Item *item, const FhirResource *now, const char *etag);
/* All that was turned away was so for its ETag, and goes again under the core's own; each item once at most. */
gboolean write_takes_etags(Write *w);
/* Where @on leads from @from; FALSE = nowhere, it cannot happen. */
gboolean outbox_next(OutboxState from, WriteEvent on, OutboxState *ret_to);
void item_event(Item *item, WriteEvent event); /* what cannot happen ends the program */
FhirResource *
item_expected(const Item *item); /* what the core holds when it has been done; NULL = not known */
gboolean item_holds(const Item *item, const FhirResource *r); /* @r carries the item's identifier */
/* @a as @w would write it, @b as the core holds it: where @a refers to something new of @w, @b does to where that lies. */
gboolean same_content(const Write *w, const FhirResource *a, const FhirResource *b);
gboolean same_version(const char *etag, const FhirResource *r);
OutboxState write_state(const Write *w);
GBytes *write_to_text(const Write *w);
gboolean write_from_text(Write *w, GBytes *text);

/* trace.c: what this machine remembers of an identifier. */
typedef enum {
    TRACE_NONE, /* nothing under it ever left, or what left was surely not done: it may be sent */
    TRACE_LEFT, /* it left, and the answer was lost: sending it again would be a guess */
    TRACE_DONE, /* the core has it */
} TraceKind;
typedef struct {
    TraceKind kind;
    char *id;           /* DONE: in the core; NULL = not known */
    Instant late_until; /* LEFT: it may still arrive until then */
} Trace;
/* Beside @item itself: other writes under its identifier, on the disk and under way. */
Trace trace_of(const Write *w, const Item *item);
void trace_clear(Trace *trace);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Trace, trace_clear)
gboolean trace_never_left(const Write *w, const Item *item);
/* What an earlier attempt at the same whole has surely changed is not changed again: it is done; what else of it may be
 * there is unknown. The id of that attempt's row, which this one replaces; NULL = there was none. */
char *trace_take_over(Write *w);
/* What is new in @w was there already: an earlier attempt at the same has been, and its change of @item stands in what
 * the core holds as this one means it. Never of what may be taken back: by whom a time is taken is not in it. */
gboolean trace_did_before(const Write *w, const Item *item);
/* What to remember of @item when its row goes, "Type/id"; NULL = it was not confirmed. */
char *trace_mark(const Item *item);

/* ask.c: asks the core about every unknown item, then goes on with @then. */
void write_ask(Write *w, WriteStep then);
gboolean item_can_be_asked(const Client *client, const Item *item); /* by its identifier */
/* Reads what was confirmed or is in conflict, where the answer did not hold it. */
void write_read_back(Write *w, WriteStep then);
