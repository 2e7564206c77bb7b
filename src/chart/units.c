/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "chart/units.h"

static const DoseUnit units[] = {
    {"mg", "mg", "mg", "mg"},
    {"g", "g", "g", "g"},
    {"mikrogram", "ug", "mikrogram", "mikrogram"},
    {"ml", "mL", "ml", "ml"},
    {"mmol", "mmol", "mmol", "mmol"},
    {"E", "[IU]", "enhet", "enheter"},
    {"IE", "[iU]", "internationell enhet", "internationella enheter"},
    {"tablett", "{tablett}", "tablett", "tabletter"},
    {"kapsel", "{kapsel}", "kapsel", "kapslar"},
    {"suppositorium", "{suppositorium}", "suppositorium", "suppositorier"},
    {"plåster", "{plaster}", "plåster", "plåster"},
    {"inhalation", "{inhalation}", "inhalation", "inhalationer"},
    {"sprayning", "{sprayning}", "sprayning", "sprayningar"},
    {"droppe", "[drp]", "droppe", "droppar"},
    {"dospåse", "{dospase}", "dospåse", "dospåsar"},
    {"applikation", "{applikation}", "applikation", "applikationer"},
    {"injektion", "{injektion}", "injektion", "injektioner"},
    {"klysma", "{klysma}", "klysma", "klysmor"},
};

static const Route routes[] = {
    {"oral", "oralt", "26643006"},
    {"intravenös", "intravenöst", "47625008"},
    {"subkutan", "subkutant", "34206005"},
    {"intramuskulär", "intramuskulärt", "78421000"},
    {"rektal", "rektalt", "37161004"},
    {"sublingual", "sublingualt", "37839007"},
    {"inhalation", "för inhalation", "447694001"},
    {"transdermal", "transdermalt", "45890007"},
    {"okulär", "i ögat", "54485002"},
    {"nasal", "nasalt", "46713006"},
    {"kutan", "på huden", "6064005"},
    {"vaginal", "vaginalt", "16857009"},
    {"epidural", "epiduralt", "404820008"},
};

const DoseUnit *dose_unit(const char *unit)
{
    for (gsize i = 0; i < G_N_ELEMENTS(units); i++)
        if (g_strcmp0(units[i].unit, unit) == 0)
            return &units[i];
    return NULL;
}

const DoseUnit *dose_unit_by_code(const char *ucum)
{
    for (gsize i = 0; i < G_N_ELEMENTS(units); i++)
        if (g_strcmp0(units[i].ucum, ucum) == 0)
            return &units[i];
    return NULL;
}

const DoseUnit *dose_unit_by_word(const char *word)
{
    for (gsize i = 0; i < G_N_ELEMENTS(units); i++)
        if (g_strcmp0(units[i].unit, word) == 0 || g_strcmp0(units[i].singular, word) == 0 ||
            g_strcmp0(units[i].plural, word) == 0)
            return &units[i];
    return NULL;
}

const Route *route_find(const char *route)
{
    for (gsize i = 0; i < G_N_ELEMENTS(routes); i++)
        if (g_strcmp0(routes[i].route, route) == 0)
            return &routes[i];
    return NULL;
}

const Route *route_by_snomed(const char *code)
{
    for (gsize i = 0; i < G_N_ELEMENTS(routes); i++)
        if (g_strcmp0(routes[i].snomed, code) == 0)
            return &routes[i];
    return NULL;
}
