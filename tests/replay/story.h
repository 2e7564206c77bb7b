/* SPDX-License-Identifier: GPL-3.0-or-later
 * replay/story.h — a story that a replay server plays: what must be asked and what is answered, read
 * from a data file. Knows no sockets.
 *
 * { "story": "what it shows",
 *   "include": ["world.json"],            their rules come after this file's
 *   "steps":  [RULE …],                   must come in this order, each once
 *   "rules":  [RULE …] }                  the world around it: any order, any number of times
 *
 * RULE: {"name": …, "method": "GET" (default), "path": "Observation" (under the base path; * and ? as
 * in a file name), "query": {"patient": "Patient/p1", "date": ["ge*", "lt*"]}, "without": ["_sort"],
 * "headers": {"If-Match": "W/\"1\""}, "headers-without": ["If-None-Exist"], "body": ["text that must be in it"], "body-without": [text],
 * "times": 1 (then the next rule that fits), "since": "name" (only when that rule has been asked for),
 * "until": "name" (only before), "keep": {"note": {"at": "entry.0.resource", "set": {"id": "d1"}}}
 * (what is asked holds it at that place; with these members it is kept), "answer": ANSWER}
 *
 * ANSWER: {"status": 200, "headers": ["ETag: W/\"1\""], one of "body" (JSON), "text", "file" (beside the
 * story), "empty" (an empty searchset whose self link is the question), "entries": [resource …] (a
 * searchset of them, with "next": "Slot?page=2" and "total": 7 where it is another number), "batch" (each
 * question in it as the story answers it), "drop", "hang"; "delay": ms,
 * "cut": bytes, "drip": [bytes, ms], "length": a Content-Length that is not so (-1: none),
 * "after": "name" (held until that rule has answered), "reason": the words after the status}
 * In headers, body and text {{base}} is the server's base address, {{url}} the question's; the text
 * "{{note}}" in a body is what was kept under that name. */
#pragma once
#include <gio/gio.h>

typedef struct {
    char *name, *value; /* @value is a pattern of * and ? */
    GPatternSpec *pattern;
} StoryPair;

typedef struct {
    guint status;
    char *headers;   /* "Name: value\r\n" …; NULL = FHIR JSON */
    GBytes *body;    /* NULL = none */
    gboolean empty, batch, drop, hang, verbatim; /* @verbatim: {{…}} stay */
    gint64 length, cut;
    guint delay_ms, drip_bytes, drip_ms;
    char *after, *reason;
} StoryAnswer;

typedef struct {
    char *name, *at, *set; /* @set: a JSON object */
} StoryKeep;

typedef struct {
    char *name, *method;
    GPatternSpec *path;
    char *path_text;
    GPtrArray *query, *headers;         /* StoryPair* */
    GPtrArray *without, *has, *has_not, *no_headers; /* char* */
    guint times;                        /* 0 = any */
    char *since, *until;                /* names of rules */
    GPtrArray *keeps;                   /* StoryKeep* */
    StoryAnswer answer;
    guint used;
} StoryRule;

typedef struct {
    char *title;
    GPtrArray *steps, *rules; /* StoryRule* */
} Story;

Story *story_new(void); /* an empty one */
Story *story_read(const char *path, GError **error);
void story_free(Story *story);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Story, story_free)

/* For stories made in code: a rule put before the others; fill in its answer. */
StoryRule *story_rule_first(Story *story, const char *method, const char *path);
void story_rule_header(StoryRule *rule, const char *name, const char *pattern); /* only what is asked with it */

/* What was asked, taken apart. */
typedef struct {
    const char *method, *path; /* relative to the base */
    char **names, **values;    /* of the query, decoded */
    GHashTable *headers;       /* lower case */
    GBytes *body;
} StoryRequest;
gboolean story_rule_fits(const StoryRule *rule, const StoryRequest *request);
