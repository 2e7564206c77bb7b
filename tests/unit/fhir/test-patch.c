/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fhir/patch.h"
#include <criterion/criterion.h>
#include <string.h>

/* On {"a":[1, {"b":37.20}],"m~n":{"/":null},"s":"x"}; NULL: refused. */
static const struct {
    const char *patch, *want;
} rows[] = {
    {"[]", "\"a\":[1, {\"b\":37.20}],\"m~n\":{\"/\":null},\"s\":\"x\""},
    {"[{\"op\":\"add\",\"path\":\"/a/1\",\"value\":2}]",
     "\"a\":[1, 2,{\"b\":37.20}],\"m~n\":{\"/\":null},\"s\":\"x\""},
    {"[{\"op\":\"add\",\"path\":\"/a/-\",\"value\":[1.50]}]",
     "\"a\":[1, {\"b\":37.20},[1.50]],\"m~n\":{\"/\":null},\"s\":\"x\""},
    {"[{\"op\":\"add\",\"path\":\"/a/2\",\"value\":0}]",
     "\"a\":[1, {\"b\":37.20},0],\"m~n\":{\"/\":null},\"s\":\"x\""},
    {"[{\"op\":\"add\",\"path\":\"/s\",\"value\":1}]",
     "\"a\":[1, {\"b\":37.20}],\"m~n\":{\"/\":null},\"s\":1"},
    {"[{\"op\":\"replace\",\"path\":\"/m~0n/~1\",\"value\":{}}]",
     "\"a\":[1, {\"b\":37.20}],\"m~n\":{\"/\":{}},\"s\":\"x\""},
    {"[{\"op\":\"remove\",\"path\":\"/a/0\"}]",
     "\"a\":[{\"b\":37.20}],\"m~n\":{\"/\":null},\"s\":\"x\""},
    {"[{\"op\":\"move\",\"from\":\"/a/1/b\",\"path\":\"/c\"}]",
     "\"a\":[1, {}],\"m~n\":{\"/\":null},\"s\":\"x\",\"c\":37.20"},
    {"[{\"op\":\"copy\",\"from\":\"/a/1\",\"path\":\"/a/0\"}]",
     "\"a\":[{\"b\":37.20},1, {\"b\":37.20}],\"m~n\":{\"/\":null},\"s\":\"x\""},
    {"[{\"op\":\"test\",\"path\":\"/a\",\"value\":[1.0,{\"b\":37.2}]},"
     "{\"op\":\"remove\",\"path\":\"/a\"}]",
     "\"m~n\":{\"/\":null},\"s\":\"x\""},
    {"[{\"op\":\"test\",\"path\":\"/s\",\"value\":\"\\u0078\"},{\"op\":\"remove\",\"path\":\"/"
     "s\"}]",
     "\"a\":[1, {\"b\":37.20}],\"m~n\":{\"/\":null}"},
    {"[{\"op\":\"test\",\"path\":\"/s\",\"value\":\"y\"}]", NULL},
    {"[{\"op\":\"test\",\"path\":\"/a\",\"value\":[1]}]", NULL},
    {"[{\"op\":\"test\",\"path\":\"/q\",\"value\":null}]", NULL},
    {"[{\"op\":\"remove\",\"path\":\"/q\"}]", NULL},
    {"[{\"op\":\"remove\",\"path\":\"\"}]", NULL},
    {"[{\"op\":\"replace\",\"path\":\"/q\",\"value\":1}]", NULL},
    {"[{\"op\":\"add\",\"path\":\"/q/r\",\"value\":1}]", NULL},
    {"[{\"op\":\"add\",\"path\":\"/a/3\",\"value\":1}]", NULL},
    {"[{\"op\":\"add\",\"path\":\"/a/01\",\"value\":1}]", NULL},
    {"[{\"op\":\"add\",\"path\":\"s\",\"value\":1}]", NULL},
    {"[{\"op\":\"add\",\"path\":\"/q\"}]", NULL},
    {"[{\"op\":\"move\",\"from\":\"/a\",\"path\":\"/a/0\"}]", NULL},
    {"[{\"op\":\"move\",\"path\":\"/a/0\"}]", NULL},
    {"[{\"op\":\"shout\",\"path\":\"/a\"}]", NULL},
    {"[{\"path\":\"/a\"}]", NULL},
    {"[7]", NULL},
    {"{}", NULL},
    {"[", NULL},
    {"[{\"op\":\"replace\",\"path\":\"/id\",\"value\":\"2\"}]", NULL},
    {"[{\"op\":\"replace\",\"path\":\"/resourceType\",\"value\":\"Patient\"}]", NULL},
    {"[{\"op\":\"add\",\"path\":\"/s\",\"value\":\"\\u0000\"}]", NULL},
    /* one bad operation undoes those before it */
    {"[{\"op\":\"remove\",\"path\":\"/s\"},{\"op\":\"remove\",\"path\":\"/s\"}]", NULL},
};

Test(fhir_patch, rfc6902)
{
    const char *head = "{\"resourceType\":\"Basic\",\"id\":\"1\",";
    g_autofree char *base =
        g_strconcat(head, "\"a\":[1, {\"b\":37.20}],\"m~n\":{\"/\":null},\"s\":\"x\"}", NULL);
    g_autoptr(GBytes) text = g_bytes_new_static(base, strlen(base));
    g_autoptr(FhirResource) r = fhir_resource_parse(text, NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GBytes) patch = g_bytes_new_static(rows[i].patch, strlen(rows[i].patch));
        g_autoptr(GError) error = NULL;
        g_autoptr(FhirResource) out = fhir_patch_apply(r, patch, &error);
        cr_expect_eq(out != NULL, rows[i].want != NULL, "row %zu: %s", i, rows[i].patch);
        cr_expect_eq(out == NULL, error != NULL, "row %zu", i);
        if (!out || !rows[i].want)
            continue;
        gsize len;
        const char *s = g_bytes_get_data(fhir_text(out), &len);
        g_autofree char *got = g_strndup(s, len);
        g_autofree char *want = g_strconcat(head, rows[i].want, "}", NULL);
        cr_expect_str_eq(got, want, "row %zu", i);
    }
}

Test(fhir_patch, doubling_is_stopped, .timeout = 30)
{
    g_autoptr(GString) patch = g_string_new("[");
    for (int i = 0; i < 60; i++)
        g_string_append_printf(patch, "%s{\"op\":\"copy\",\"from\":\"\",\"path\":\"/x%d\"}",
                               i ? "," : "", i);
    g_string_append_c(patch, ']');
    const char *base = "{\"resourceType\":\"Basic\"}";
    g_autoptr(GBytes) text = g_bytes_new_static(base, strlen(base));
    g_autoptr(FhirResource) r = fhir_resource_parse(text, NULL);
    g_autoptr(GBytes) bytes = g_bytes_new(patch->str, patch->len);
    cr_expect_null(fhir_patch_apply(r, bytes, NULL));
}
