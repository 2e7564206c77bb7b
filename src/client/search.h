/* SPDX-License-Identifier: GPL-3.0-or-later
 * client/search.h — one search or read as the files of this room see it: what may be asked and its
 * beginning (query.c), its rounds and pages (search.c), what it keeps (search-cache.c), the parsing
 * (search-page.c), and what asks again by itself (poll.c). The scope it was begun under owns it. Nothing outside src/client
 * includes it. */
#pragma once
#include "client/internal.h"

typedef enum { KIND_SEARCH, KIND_READ } Kind;

struct ClientSearch {
    int refs;
    gboolean closed;
    Client *client;
    Scope *scope, *inner; /* inner: the requests and parsing of the present round */
    guint scope_id, idle, unpacking;
    guint recalling;                    /* kept pages of what is shown are still being added to it */
    PatientCtx *ctx;
    Kind kind;
    char *type, *id, *url, *key;
    FhirQuery *asked;
    GPtrArray *local; /* filters of beyond.c */
    ClientFlags flags;
    ClientResultFn fn;
    gpointer data;
    ResultSet *shown, *building;
    GError *early;
    gboolean waiting;                   /* for its audit event to be on the disk */
    gboolean unasked;                   /* what is cached is shown first */
    gboolean restarted, watched, quiet; /* quiet: tell only what changed */
    guint want_pages;                   /* as many as were shown, when asked again page by page */
    guint hold;                         /* how many items of them; 0 = all */
    gboolean back;                      /* the page before what is held is being fetched */
    gboolean again;                     /* what is being fetched was read before */
    GBytes *cached;                     /* first page, until it is shown */
    Instant cached_at;
    char *cached_etag;
};

/* ---- search.c ------------------------------------------------------------------------------ */

const char *search_patient(const ClientSearch *s); /* NULL = about no single patient */
void search_scope_closed(gpointer search);          /* the end of it: for scope_add() */
/* Calls back. FALSE when the callback closed the scope: touch nothing of @s then. */
gboolean search_tell(ClientSearch *s, ResultSet *set, const GError *error, gboolean done);
void search_set_unasked(ClientSearch *s, gboolean unasked);
/* Drops what is under way and begins to build anew. */
void search_new_round(ClientSearch *s);
/* Is shown from now on, taken. */
void search_show(ClientSearch *s, ResultSet *set);
PageRules search_rules(const ClientSearch *s);
gboolean search_wants_page(const ClientSearch *s, const ResultSet *set);
void search_fetch(ClientSearch *s, const char *url, const char *etag);
void search_fetch_next(ClientSearch *s); /* the page after (before: s->back) what s->building holds */
/* What is shown is the first page and nothing more of it is fetched by itself: its ETag speaks for it. */
gboolean search_is_one_page(const ClientSearch *s);
/* Only a list that is whole in one page is known by its first page's ETag; NULL = it is not. */
const char *search_only_etag(const ClientSearch *s);

/* ---- search-page.c: parsing, on a worker when large ---------------------------------------- */

typedef struct {
    ClientSearch *s;
    GBytes *body;
    gboolean one; /* a resource, not a Bundle */
    gboolean cached;
    gboolean again; /* a page that was read before, or a part of one */
    char *etag, *request_id;
    Instant as_of;
} Page;
typedef struct {
    FhirBundle *bundle;
    FhirResource *resource;
    GPtrArray *parts; /* GBytes*: of an answer that is too large, packed; @bundle is the first of them */
    GBytes *beginning; /* its text */
} Parsed;

/* Parses @body, from the core or from the cache, and hands it to search_parsed(): at once when it is
 * small, never after the round has ended. */
void search_take_body(ClientSearch *s, GBytes *body, gboolean cached, const char *etag, const char *request_id,
                      Instant as_of);
/* One part of such a rest, later. */
void search_take_packed(ClientSearch *s, GBytes *packed);
/* search.c: what was parsed. Both NULL in @p: it could not be read. Borrowed. */
void search_parsed(Page *page, const Parsed *p);

/* ---- search-cache.c: what is kept of the answers --------------------------------------------- */

void search_look_in_cache(ClientSearch *s);
void search_keep(ClientSearch *s, guint number, const Page *page, const Parsed *p);
void search_drop_cached(ClientSearch *s);
void search_show_cached(ClientSearch *s); /* its first page is what s->building holds */
void search_recall_rest(ClientSearch *s); /* at once, where what is shown must be all that is kept */

/* ---- what polling needs (search.c) ----------------------------------------------------------- */

/* How many conditional questions tell whether the list is as it was: one for each page; a list whose
 * pages are not all known by ETag is one question without condition. */
guint search_questions(const ClientSearch *search);
const char *search_question_url(const ClientSearch *search, guint i);
const char *search_question_etag(const ClientSearch *search, guint i);
/* Something in a list of several pages is other than it was: fetch them. */
void search_again(ClientSearch *search);
gboolean search_busy(const ClientSearch *search);
/* It was asked about again and no answer came (@error may be NULL): what is shown stands, but with its age;
 * what is refused now is shown no more. */
void search_not_confirmed(ClientSearch *search, const GError *error);
void search_unchanged(ClientSearch *search, gboolean quiet);
void search_page(ClientSearch *search, GBytes *body, const char *etag, const char *request_id);
