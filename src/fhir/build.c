/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fhir/build.h"
#include "fhir/private.h"
#include "json/writer.h"

/* FHIR allows no empty object or array, so a container is written only with its first content. */
typedef struct {
    gboolean object;
    char *key;
} Pending;

struct FhirBuild {
    JsonWriter *out;
    GArray *pending;
};

static void clear_pending(gpointer data)
{
    g_free(((Pending *)data)->key);
}

FhirBuild *fhir_build_new(const char *type)
{
    FhirBuild *b = g_new0(FhirBuild, 1);
    b->pending = g_array_new(FALSE, FALSE, sizeof(Pending));
    g_array_set_clear_func(b->pending, clear_pending);
    b->out = json_writer_new();
    json_write_object(b->out, NULL);
    json_write_string(b->out, "resourceType", type);
    return b;
}

void fhir_build_free(FhirBuild *b)
{
    if (!b)
        return;
    json_writer_free(b->out);
    g_array_unref(b->pending);
    g_free(b);
}

static JsonWriter *writing(FhirBuild *b)
{
    for (guint i = 0; i < b->pending->len; i++) {
        const Pending *p = &g_array_index(b->pending, Pending, i);
        if (p->object)
            json_write_object(b->out, p->key);
        else
            json_write_array(b->out, p->key);
    }
    g_array_set_size(b->pending, 0);
    return b->out;
}

static void open_later(FhirBuild *b, const char *key, gboolean object)
{
    Pending p = {object, g_strdup(key)};
    g_array_append_val(b->pending, p);
}

void fhir_b_object(FhirBuild *b, const char *key)
{
    open_later(b, key, TRUE);
}

void fhir_b_array(FhirBuild *b, const char *key)
{
    open_later(b, key, FALSE);
}

void fhir_b_end(FhirBuild *b)
{
    if (b->pending->len)
        g_array_set_size(b->pending, b->pending->len - 1);
    else
        json_write_end(b->out);
}

void fhir_b_string(FhirBuild *b, const char *key, const char *value)
{
    if (value && *value)
        json_write_string(writing(b), key, value);
}

void fhir_b_bool(FhirBuild *b, const char *key, gboolean value)
{
    json_write_bool(writing(b), key, value);
}

void fhir_b_int(FhirBuild *b, const char *key, gint64 value)
{
    json_write_int(writing(b), key, value);
}

void fhir_b_decimal(FhirBuild *b, const char *key, Decimal value)
{
    g_return_if_fail(value.valid);
    g_autofree char *digits = decimal_to_json(value);
    json_write_number(writing(b), key, digits);
}

void fhir_b_instant(FhirBuild *b, const char *key, Instant t)
{
    if (t == INSTANT_NONE)
        return;
    g_autofree char *text = instant_to_fhir(t);
    fhir_b_string(b, key, text);
}

void fhir_b_date(FhirBuild *b, const char *key, CivilDate d)
{
    if (d.year == 0)
        return;
    g_autofree char *text = civil_date_to_text(d);
    fhir_b_string(b, key, text);
}

void fhir_b_raw(FhirBuild *b, const char *key, const char *json)
{
    json_write_raw(writing(b), key, json, -1);
}

void fhir_b_node(FhirBuild *b, const char *key, FhirNode node)
{
    if (!fhir_exists(node))
        return;
    gsize start, len;
    json_extent(fhir_json(node), &start, &len);
    const char *s = g_bytes_get_data(json_doc_text(node.res->doc), NULL);
    json_write_raw(writing(b), key, s + start, (gssize)len);
}

void fhir_b_coding(FhirBuild *b, const char *key, const char *system, const char *code,
                   const char *display)
{
    fhir_b_object(b, key);
    fhir_b_string(b, "system", code ? system : NULL); /* a system alone says nothing */
    fhir_b_string(b, "code", code);
    fhir_b_string(b, "display", display);
    fhir_b_end(b);
}

void fhir_b_concept(FhirBuild *b, const char *key, const char *system, const char *code,
                    const char *display, const char *text)
{
    fhir_b_object(b, key);
    fhir_b_array(b, "coding");
    fhir_b_coding(b, NULL, system, code, display);
    fhir_b_end(b);
    fhir_b_string(b, "text", text);
    fhir_b_end(b);
}

void fhir_b_reference(FhirBuild *b, const char *key, const char *type, const char *id,
                      const char *display)
{
    g_autofree char *reference = type && id ? g_strconcat(type, "/", id, NULL) : g_strdup(id);
    fhir_b_object(b, key);
    fhir_b_string(b, "reference", reference);
    fhir_b_string(b, "display", display);
    fhir_b_end(b);
}

void fhir_b_identifier(FhirBuild *b, const char *key, const char *system, const char *value)
{
    fhir_b_object(b, key);
    fhir_b_string(b, "system", system);
    fhir_b_string(b, "value", value);
    fhir_b_end(b);
}

void fhir_b_quantity(FhirBuild *b, const char *key, Decimal value, const char *unit,
                     const char *code)
{
    fhir_b_object(b, key);
    if (value.valid)
        fhir_b_decimal(b, "value", value);
    fhir_b_string(b, "unit", unit);
    if (code && *code)
        fhir_b_string(b, "system", "http://unitsofmeasure.org");
    fhir_b_string(b, "code", code);
    fhir_b_end(b);
}

FhirResource *fhir_build_finish(FhirBuild *b, GError **error)
{
    json_write_end(b->out);
    g_autoptr(GBytes) text = json_writer_finish(b->out);
    return fhir_resource_parse(text, error);
}
