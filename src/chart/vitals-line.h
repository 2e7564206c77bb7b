/* SPDX-License-Identifier: GPL-3.0-or-later
 * chart/vitals-line.h — one typed line ("24 92/2l 104/62 112 38,4 a kl 7:10") to a VitalSet. Numbers
 * stand in the order AF, SpO2, BT, puls, temp; what has a name or a shape of its own may stand
 * anywhere. Every word has one meaning in its place or becomes an issue; nothing is guessed. Pure. */
#pragma once
#include "chart/vital.h"

typedef struct VitalWords VitalWords; /* data/vitals/tokens.tsv, read once */
VitalWords *vital_words_load(const char *path, GError **error); /* NULL: G_FILE_ERROR or TABLE_ERROR */
void vital_words_free(VitalWords *words);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(VitalWords, vital_words_free)

/* Never NULL. What is unlikely is not asked here: vitals_judge(). */
VitalSet *vitals_line_parse(const VitalWords *words, const char *line, const VitalContext *context);

/* The line that says what stands in each field ("92", "luft", "igår 23:40"), NULL or "" = nothing. It is
 * read back as the same. Owned. */
char *vitals_line_compose(const char *const fields[VITAL_FIELDS]);
/* The line of a set: every value by its name. Owned. */
char *vitals_line_text(const VitalSet *s);

/* The files that the entry of measurements rests on; read once in a process and kept. NULL with @error
 * when one cannot be read; asked again, it tries again. */
typedef struct {
    const VitalWords *words;
    const VitalLimits *limits;
} VitalData;
const VitalData *vital_data(GError **error);
/* Parsed and judged. */
VitalSet *vitals_read(const VitalData *data, const char *line, const VitalContext *context);
