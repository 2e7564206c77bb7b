/* SPDX-License-Identifier: GPL-3.0-or-later
 * chart/code-list.h — words and their codes: what a typed word or code means in a code system, and what it
 * may mean while it is being typed. Read from a file, then const; the list owns all. Knows nothing of what
 * is done with a code. */
#pragma once
#include <glib.h>

typedef struct {
    const char *system; /* URI; NULL without a code */
    char *code;         /* NULL: known by its words only */
    char *text;         /* as it is written into the record */
    char *group;        /* what kind of thing it is, in the words of its file: "C2"; "" */
    char **names;       /* folded: the text, the code and what else it is called */
    char **parts;       /* folded: what is only a part of it, and must be chosen to become the whole */
    gboolean from_core; /* @system, @version, @code and @text are as the core gave them */
    char *version;      /* of the system; NULL: none was said */
} CodeItem;

/* One that the core gave. Refcounted; those of a list belong to the list and are not. */
CodeItem *code_item_new(const char *system, const char *version, const char *code, const char *display, const char *const *names);
CodeItem *code_item_ref(const CodeItem *item);
void code_item_unref(CodeItem *item);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CodeItem, code_item_unref)
gboolean code_item_called(const CodeItem *item, const char *typed); /* one of its names, as code_list_find() reads them */

typedef struct CodeList CodeList;
CodeList *code_list_new(void);
void code_list_free(CodeList *l);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CodeList, code_list_free)
/* Rows: group, system (a short name), code, text, names with ";" between, "<" before what is only a part of it; "-" is none. A name that means two
 * things refuses the file: it would be a code that nobody meant. A row "utgåva" says of when it is, where the text
 * stands. NULL: G_FILE_ERROR or TABLE_ERROR. */
gboolean code_list_load(CodeList *l, const char *path, GError **error);
/* FALSE: one of the names is taken, and nothing is added. @names: ";" between, or NULL. */
gboolean code_list_add(CodeList *l, const char *system, const char *code, const char *text, const char *group, const char *names);
const char *code_list_edition(const CodeList *l); /* "2026-11-22"; "" */
guint code_list_count(const CodeList *l);
const CodeItem *code_list_at(const CodeList *l, guint i);

/* Exactly one of its names, however it is spelt as to capitals and å ä ö; NULL when nothing is. */
const CodeItem *code_list_find(const CodeList *l, const char *typed);
/* What it may become: its beginning first, then beginnings of words, then with a typing error. At most
 * @max. const CodeItem*; the array is the caller's. */
GPtrArray *code_list_match(const CodeList *l, const char *typed, guint max);
/* The URI of a system's short name ("atc", "icd", "kva", "snomed"); NULL: none. Borrowed. */
const char *code_system_uri(const char *name);
/* And back, as it is shown: "ATC", "ICD-10-SE"; "" for what is not shown; the URI itself where there is no name. */
const char *code_system_name(const char *uri);
