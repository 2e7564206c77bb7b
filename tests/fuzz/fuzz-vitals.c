/* SPDX-License-Identifier: GPL-3.0-or-later
 * The line of measurements over the real words and limits: never nothing, what can be signed reads back
 * as the same from the line that is written of it, and each issue has its sentence. */
#include "chart/vitals-line.h"
#include "fuzz.h"
#include <string.h>

static VitalWords *words;
static VitalLimits *limits;

static void load(void)
{
    const char *dir = g_getenv("ROND_DATA");
    g_autofree char *tokens = g_build_filename(dir ? dir : "data", "vitals/tokens.tsv", NULL);
    g_autofree char *bounds = g_build_filename(dir ? dir : "data", "vitals/limits.tsv", NULL);
    g_autoptr(GError) error = NULL;
    words = vital_words_load(tokens, &error);
    limits = words ? vital_limits_load(bounds, &error) : NULL;
    if (!limits)
        g_error("%s (set ROND_DATA)", error->message);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (!limits)
        load();
    g_autofree char *raw = g_strndup((const char *)data, size);
    g_autofree char *line = g_utf8_make_valid(raw, -1); /* as the line editor hands it over */
    VitalContext context = {.now = G_GINT64_CONSTANT(1795246440000000), .months = (int)(size % 3) * 100 - 1,
                            .last_oxygen = (int)(size % 3) - 1};
    g_autoptr(VitalSet) s = vitals_line_parse(words, line, &context);
    FUZZ_CHECK(s);
    vitals_judge(s, limits, &context);
    FUZZ_CHECK(s->measured <= context.now);
    for (guint i = 0; i < s->issues->len; i++) {
        const VitalIssue *issue = s->issues->pdata[i];
        FUZZ_CHECK(issue->text && *issue->text && g_utf8_validate(issue->text, -1, NULL));
    }
    if (!vital_set_complete(s))
        return 0;
    g_autofree char *text = vitals_line_text(s);
    g_autoptr(VitalSet) back = vitals_line_parse(words, text, &context);
    FUZZ_CHECK(back->issues->len == 0 && back->time_said == s->time_said);
    for (int i = 0; i < VITAL_KINDS; i++) {
        g_autofree char *a = vital_value_text(s, (VitalField)i), *b = vital_value_text(back, (VitalField)i);
        FUZZ_CHECK(strcmp(a, b) == 0);
    }
    return 0;
}
