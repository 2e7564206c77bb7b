/* SPDX-License-Identifier: GPL-3.0-or-later
 * app/option.h — every option in one table: file, type, default, range, who may set it. The example
 * config, :set, rond config --explain, help and man page come from it. Each value knows the layer that
 * said it last, and where there. */
#pragma once
#include <glib.h>

typedef enum { OPT_BOOL, OPT_INT, OPT_TEXT, OPT_CHOICE, OPT_FILE } OptType;
typedef enum { OPT_SITE, OPT_USER } OptScope; /* OPT_SITE: only the site file may set it */

/* In the order of reading: what comes later counts. */
typedef enum { LAYER_DEFAULT, LAYER_SITE, LAYER_USER, LAYER_ENVIRONMENT, LAYER_COMMAND_LINE, LAYER_SESSION } OptLayer;

typedef struct {
    const char *group, *name; /* [core] url */
    OptType type;
    OptScope scope;
    const char *initial;
    gint64 min, max;          /* OPT_INT */
    const char *choices;      /* OPT_CHOICE: "a b c" */
    const char *text;         /* N_(): what it does, a sentence */
    gboolean secret;          /* value is not shown in explain and bundle */
} Option;

extern const Option option_table[]; /* ended by name == NULL */

typedef struct Options Options;
Options *options_new(void);
void options_free(Options *o);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Options, options_free)
/* A broken line is a sentence in @problems and the rest is read. A missing file is fine. */
void options_load(Options *o, const char *path, OptLayer layer, GPtrArray *problems);
/* The site may set all, every other layer only what is a person's. @where: file and line, variable or
 * switch; NULL: nothing more to say. */
gboolean options_set(Options *o, const char *key, const char *value, OptLayer layer, const char *where,
                     GError **error);
const char *option_text(const Options *o, const char *key); /* "core.url"; programmer error if unknown */
gint64 option_int(const Options *o, const char *key);
gboolean option_bool(const Options *o, const char *key);
char *options_explain(const Options *o); /* each value with its layer, and where there */
char *options_example(void);             /* the commented example config */
