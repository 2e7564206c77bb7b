/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fhir/bundle.h"
#include "fhir/private.h"
#include "json/writer.h"

struct FhirTx {
    JsonWriter *out;
    guint entries;
};

FhirTx *fhir_tx_new(const char *type)
{
    FhirTx *tx = g_new0(FhirTx, 1);
    tx->out = json_writer_new();
    json_write_object(tx->out, NULL);
    json_write_string(tx->out, "resourceType", "Bundle");
    json_write_string(tx->out, "type", type);
    return tx;
}

void fhir_tx_free(FhirTx *tx)
{
    if (!tx)
        return;
    json_writer_free(tx->out);
    g_free(tx);
}

static const char *condition_name(const char *method)
{
    if (g_str_equal(method, "POST"))
        return "ifNoneExist";
    return g_str_equal(method, "GET") ? "ifNoneMatch" : "ifMatch";
}

void fhir_tx_add(FhirTx *tx, const char *method, const char *url, const char *full_url,
                 const char *condition, const FhirResource *r)
{
    if (tx->entries++ == 0)
        json_write_array(tx->out, "entry"); /* an empty array would be an error */
    json_write_object(tx->out, NULL);
    json_write_string(tx->out, "fullUrl", full_url);
    if (r) {
        gsize start, len;
        json_extent((JsonValue){r->doc, r->root}, &start, &len);
        const char *s = g_bytes_get_data(json_doc_text(r->doc), NULL);
        json_write_raw(tx->out, "resource", s + start, (gssize)len);
    }
    json_write_object(tx->out, "request");
    json_write_string(tx->out, "method", method);
    json_write_string(tx->out, "url", url);
    json_write_string(tx->out, condition_name(method), condition);
    json_write_end(tx->out);
    json_write_end(tx->out);
}

GBytes *fhir_tx_finish(FhirTx *tx)
{
    if (tx->entries)
        json_write_end(tx->out);
    json_write_end(tx->out);
    return json_writer_finish(tx->out);
}
