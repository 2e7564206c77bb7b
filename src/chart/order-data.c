/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "chart/order-data.h"

#include "base/xdg.h"

static char *site_ages;

void order_data_ages(const char *ages)
{
    g_free(site_ages);
    site_ages = g_strdup(ages);
}

static CheckRules *load_rules(GError **error)
{
    CheckRules *rules = check_rules_load(error);
    if (rules && site_ages && !check_rules_set_ages(rules, site_ages, error))
        g_clear_pointer(&rules, check_rules_free);
    return rules;
}

const OrderData *order_data(GError **error)
{
    static OrderData data;
    static DrugList *drugs;
    static OrderWords *words;
    static CheckRules *rules;
    static PrescribingRules *prescribing;
    if (!drugs) {
        g_autofree char *path = data_path("drugs/products.tsv");
        g_autofree char *names = data_path("drugs/names.tsv");
        drugs = drug_list_load(path, error);
        if (drugs && !drug_list_load_names(drugs, names, error))
            g_clear_pointer(&drugs, drug_list_free);
    }
    if (drugs && !words) {
        g_autofree char *path = data_path("orderline/tokens.tsv");
        words = order_words_load(path, error);
    }
    if (words && !prescribing) {
        g_autofree char *classes = data_path("drugs/prescribing.tsv");
        g_autofree char *packs = data_path("drugs/packs.tsv");
        prescribing = prescribing_rules_load(classes, packs, error);
    }
    if (prescribing && !rules)
        rules = load_rules(error);
    if (!rules)
        return NULL;
    data = (OrderData){.drugs = drugs, .words = words, .rules = rules, .prescribing = prescribing};
    return &data;
}
