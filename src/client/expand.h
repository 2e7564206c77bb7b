/* SPDX-License-Identifier: GPL-3.0-or-later
 * client/expand.h — the codes of a value set by words or code, from a core that gives them out
 * (ValueSet/$expand). No patient is part of the question and nothing is kept of it; what such a question meets says
 * nothing of whether the core is there. A code is as it came: system, version, code and display. */
#pragma once
#include "client/client.h"

typedef struct {
    char *system, *code, *display; /* never NULL */
    char *version;                 /* NULL: not said */
    char **names;                  /* what else it is called; may be empty */
} ClientCode;

typedef struct {
    GPtrArray *codes;    /* ClientCode*, those that may be chosen, in the core's order */
    gint64 total;        /* -1: the core did not say */
    guint given;         /* how many stood in the answer: where the next page begins */
    char *version;       /* of the code system, where the core says which it used; NULL */
    Instant at;          /* when it was made; INSTANT_NONE */
    gboolean cut;        /* the core says itself that it is not all */
} ClientExpansion;

/* One of the two is NULL. Both are borrowed. */
typedef void (*ClientExpandFn)(const ClientExpansion *expansion, const GError *error, gpointer data);

/* Whether the core's statement names the operation. */
gboolean client_can_expand(const Client *client);
/* @url: the canonical address of the set. */
void client_expand(Client *client, Scope *scope, const char *url, const char *filter, guint count, guint offset,
                   ClientExpandFn fn, gpointer data);
/* The core finds more than it wants to list. */
gboolean client_expand_too_costly(const GError *error);
