/* SPDX-License-Identifier: GPL-3.0-or-later
 * The words of an entry and the codes it may have. */
#include <string.h>

#include "base/xdg.h"
#include "chart/entry.h"
#include "chart/order-data.h"

/* Socialstyrelsen's groups and degrees, certainty as FHIR has it. */
static const EntryWord words[] = {
    {ENTRY_GROUP, "C2", "läkemedel", "substans;medicin;aktiv substans", "Överkänslighet, aktiv substans"},
    {ENTRY_GROUP, "C3", "hjälpämne", NULL, "Överkänslighet, hjälpämne"},
    {ENTRY_GROUP, "C4", "läkemedelsprodukt", "produkt", "Överkänslighet, läkemedelsprodukt"},
    {ENTRY_GROUP, "C1/livsmedel", "livsmedel", "föda;mat;födoämne", "Överkänslighet, tillstånd"},
    {ENTRY_GROUP, "C1/annat", "annat ämne", "annan överkänslighet;omgivning", "Överkänslighet, tillstånd"},
    {ENTRY_GROUP, "A1", "tillstånd", "medicinskt tillstånd", "Medicinskt tillstånd"},
    {ENTRY_GROUP, "A2", "behandling", NULL, "Behandling"},
    {ENTRY_GROUP, "A3", "transplantat", NULL, "Transplantat"},
    {ENTRY_GROUP, "A4", "implantat", NULL, "Implantat"},
    {ENTRY_GROUP, "B1", "smittämne", NULL, "Smittämne"},
    {ENTRY_GROUP, "B2", "smittsam sjukdom", "smitta", "Smittsam sjukdom"},
    {ENTRY_GROUP, "D1", "vårdrutin", "särskild vårdrutin", "Särskild vårdrutin, information"},
    {ENTRY_GROUP, "D2", "vårdbeslut", "beslut", "Särskild vårdrutin, beslut"},
    {ENTRY_ROLE, "main", "huvuddiagnos", "huvud;hd;h", NULL},
    {ENTRY_ROLE, "secondary", "bidiagnos", "bi;bd", NULL},
    {ENTRY_ROLE, "problem", "problemlistan", "problem;problemlista;p", NULL},
    {ENTRY_SEVERITY, "high", "livshotande", "l", "severe", "442452003"},
    {ENTRY_SEVERITY, "low", "skadlig", "s", "moderate", "59021000052107"},
    {ENTRY_SEVERITY, "low", "besvärande", "b", "mild", "59031000052109"},
    {ENTRY_CERTAINTY, "confirmed", "bekräftad", "säker", NULL},
    {ENTRY_CERTAINTY, "unconfirmed", "misstänkt", "obekräftad;osäker", NULL},
    {ENTRY_CERTAINTY, "refuted", "avfärdad", "utesluten;motbevisad", NULL},
};

const EntryWord *entry_word_at(EntryField field, guint i)
{
    for (gsize k = 0; k < G_N_ELEMENTS(words); k++)
        if (words[k].field == field && i-- == 0)
            return &words[k];
    return NULL;
}

const EntryWord *entry_word_of_code(EntryField field, const char *code)
{
    const EntryWord *w = NULL;
    for (guint i = 0; code && (w = entry_word_at(field, i)); i++)
        if (strcmp(w->code, code) == 0)
            return w;
    return NULL;
}

/* Every substance that can be ordered can be reacted to, under the names one knows it by. */
static void add_substances(CodeList *codes, const DrugList *drugs)
{
    g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);
    for (guint i = 0; i < drug_list_count(drugs); i++) {
        const DrugProduct *p = drug_list_at(drugs, i);
        if (!p->atc || !*p->atc || !g_hash_table_add(seen, p->atc))
            continue;
        GString *names = g_string_new(NULL);
        for (char *const *n = p->folded_names; n && *n; n++)
            if (!code_list_find(codes, *n))
                g_string_append_printf(names, "%s;", *n);
        for (guint k = i; k < drug_list_count(drugs); k++) {
            const DrugProduct *q = drug_list_at(drugs, k);
            if (q->brand && strcmp(q->atc, p->atc) == 0 && !code_list_find(codes, q->brand))
                g_string_append_printf(names, "%s;", q->brand);
        }
        /* one substance in two uses has two codes: the first is what it is called */
        if (!code_list_find(codes, p->substance))
            code_list_add(codes, code_system_uri("atc"), p->atc, p->substance, "C2", names->str);
        g_string_free(names, TRUE);
    }
}

static CodeList *alert_codes(GError **error)
{
    g_autoptr(CodeList) codes = code_list_new();
    g_autofree char *path = data_path("codes/alerts.tsv");
    const OrderData *orders = order_data(error);
    if (!orders || !code_list_load(codes, path, error))
        return NULL;
    add_substances(codes, orders->drugs);
    return g_steal_pointer(&codes);
}

static CodeList *codes_of(const char *file, GError **error)
{
    g_autoptr(CodeList) codes = code_list_new();
    g_autofree char *path = data_path(file);
    return code_list_load(codes, path, error) ? g_steal_pointer(&codes) : NULL;
}

static CodeList *diagnosis_codes(GError **error)
{
    return codes_of("codes/diagnoses.tsv", error);
}

static CodeList *procedure_codes(GError **error)
{
    return codes_of("codes/procedures.tsv", error);
}

const CodeList *entry_codes(EntryDomain domain, GError **error)
{
    static CodeList *lists[ENTRY_DOMAINS];
    static CodeList *(*const load[ENTRY_DOMAINS])(GError **) = {[ENTRY_ALERT] = alert_codes, [ENTRY_DIAGNOSIS] = diagnosis_codes,
                                                                      [ENTRY_PROCEDURE] = procedure_codes};
    if (!lists[domain])
        lists[domain] = load[domain](error);
    return lists[domain];
}
