/* SPDX-License-Identifier: GPL-3.0-or-later
 * chart/order.h — a medication order as a person means it: every part either given, assumed (and
 * marked so) or missing. Made by chart/orderline.h, written by chart/medication.h. Knows no FHIR.
 * An Order owns its strings; products belong to the DrugList, units are interned. */
#pragma once
#include <glib.h>

#include "base/datetime.h"
#include "base/decimal.h"
#include "chart/drug.h"

typedef enum {
    ORDER_DRUG,
    ORDER_FORM,
    ORDER_STRENGTH,
    ORDER_ROUTE,
    ORDER_DOSE,
    ORDER_UNIT,
    ORDER_WEIGHT,  /* the patient's weight, for mg/kg */
    ORDER_TIMING,
    ORDER_WEEKDAY, /* a weekly dose needs its day */
    ORDER_MAX,     /* an as-needed dose needs its limit */
    ORDER_REASON,  /* ordinationsorsak */
    ORDER_START,
    ORDER_STOP,
    ORDER_FOLLOW_UP,
    ORDER_AS_NEEDED,
    ORDER_SUPPLY,      /* what a pharmacy dispenses each time */
    ORDER_WITHDRAWALS, /* and how many times */
    ORDER_EXCHANGE,    /* why it is not exchanged */
    ORDER_TOKEN,   /* a word of the line that has no meaning here */
    ORDER_FIELDS
} OrderField;

typedef enum {
    ISSUE_MISSING,   /* not said, and not to be assumed */
    ISSUE_AMBIGUOUS, /* said, but it can mean any of options */
    ISSUE_REFUSED,   /* said clearly, but not to be ordered so */
    ISSUE_IMPLAUSIBLE, /* said clearly, but nobody can mean it: a slip of the hand */
} OrderIssueKind;

typedef struct {
    OrderField field;
    OrderIssueKind kind;
    char *token;    /* what was typed, NULL when nothing was */
    char **options; /* Swedish words of the record; NULL when there are none to choose from */
} OrderIssue;

/* One word of the line and the part it was read as: what a form is cut from. */
typedef struct {
    char *text;
    OrderField field;
} OrderWord;

typedef enum {
    TIMING_NONE,
    TIMING_FREQUENCY, /* frequency[–frequency_max] times each period period_unit */
    TIMING_INTERVAL,  /* every period period_unit */
    TIMING_SLOTS,     /* slot[] at morning, noon, evening, night */
    TIMING_BEDTIME,   /* to the night (HS) */
    TIMING_CLOCK,     /* clock[0..clocks-1] */
    TIMING_ONCE,      /* a single dose; stat: at once */
    TIMING_CONTINUOUS, /* an infusion by its rate alone */
    TIMING_FREE,      /* by free_text alone: "enligt särskild ordination" */
} TimingKind;

enum { SLOT_MORNING, SLOT_NOON, SLOT_EVENING, SLOT_NIGHT, ORDER_SLOTS };
#define ORDER_CLOCKS 8

/* One dose and how long it lasts: a taper is several steps under one timing. */
typedef struct {
    Decimal low, high; /* high invalid when there is no range */
    int days;          /* 0: until the order ends */
} OrderStep;

/* What a pharmacy is to dispense: said in the line, then settled by chart/prescription.h. */
typedef struct {
    gboolean wanted;     /* "recept" */
    gboolean no_exchange; /* "byt ej" */
    int withdrawals;     /* uttag; 0 while not known */
    Decimal quantity;    /* each time; invalid while not known */
    const char *unit;    /* "tablett", "ml", "förpackning"; NULL and "st": what the product is counted in; interned */
    gboolean settled;    /* by the rules for its class: nothing is written before */
    Decimal need;        /* by its doses, for @need_days; invalid when it cannot be computed */
    int need_days;
    int packs, pack_size; /* of the quantity; 0 */
    CivilDate until;     /* its last day */
    gboolean in_words;   /* the law wants the quantity in letters too */
} OrderSupply;

typedef struct {
    /* what */
    char *typed_drug;           /* as typed */
    char *substance, *atc;      /* NULL until the drug is resolved */
    const DrugProduct *product; /* NULL until form and strength are known */
    gboolean by_brand;          /* a brand was typed: the order names it */
    const char *form;           /* interned; NULL while not known */
    const char *route;          /* Swedish word, "oral" */
    /* how much */
    OrderStep *steps; /* step_count of them */
    guint step_count;
    gboolean load_first;  /* the first step is given once, at once; the timing is of those after it */
    const char *unit;     /* of every dose: "g", "tablett"; interned */
    Decimal per_kg;       /* the mg/kg typed; invalid when the dose was absolute */
    Decimal weight_kg;    /* the weight used with it */
    Decimal exact;        /* their product before it was rounded; invalid when it was not */
    Decimal rate, rate_high; /* of an infusion; invalid when not said, rate_high when it is no range */
    const char *rate_unit;   /* "ml/tim"; interned */
    int minutes;          /* that one dose takes to go in; 0 when not said */
    /* when */
    TimingKind timing;
    int frequency, frequency_max, period; /* frequency_max 0 when there is no range */
    char period_unit;                     /* 'h', 'd', 'w' */
    Decimal slot[ORDER_SLOTS];
    CivilTime clock[ORDER_CLOCKS];
    guint clocks;
    guint8 weekdays; /* bit 0 = Monday */
    const char *meal;     /* FHIR's word for the meal it goes with: "C", "ACM"; interned; NULL */
    int meal_minutes;     /* before or after it */
    int cycle_days, rest_days; /* so many days with, so many without, again and again; 0 */
    gboolean stat;
    gboolean as_needed;
    char *as_needed_reason;
    int max_times;     /* högst n gånger per dygn; 0 when not said so */
    Decimal max_dose;  /* högst … max_unit per dygn; invalid when not said so */
    const char *max_unit;
    /* how */
    char *site;        /* "båda ögonen"; NULL */
    char *instruction; /* "titreras mot MAP 65"; NULL */
    char *free_text;   /* of TIMING_FREE, as the record has it; NULL */
    /* why and how long */
    char *reason; /* ordinationsorsak */
    Instant start;
    CivilDate stop; /* the last day; year 0 = until further notice */
    int days;       /* the length typed, 0 when none was */
    char *follow_up;
    /* to a pharmacy */
    OrderSupply supply;
    char *no_exchange_reason; /* NULL */
    /* how sure */
    guint32 assumed;   /* bit (1u << OrderField): filled in, not typed */
    GPtrArray *issues; /* OrderIssue*; empty = can be signed */
    GPtrArray *words;  /* OrderWord*: the whole line, nothing left out */
    GPtrArray *choices; /* const DrugProduct*: one of each substance the typed name fits */
} Order;

Order *order_new(void);
void order_free(Order *o);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Order, order_free)

gboolean order_complete(const Order *o); /* no issue left */
gboolean order_is_assumed(const Order *o, OrderField field);
const OrderIssue *order_issue(const Order *o, OrderField field); /* NULL when the field has none */
void order_add_issue(Order *o, OrderField field, OrderIssueKind kind, const char *token,
                     const char *const *options);
void order_add_step(Order *o, Decimal low, Decimal high, int days);
/* The dose in units of the product: 1 g of 500 mg tablets = 2. Invalid when it cannot be said. */
Decimal order_dose_in_units(const Order *o, Decimal dose);
/* Doses a day by the timing; 0 when it has none of its own (as needed, weekly). */
int order_doses_per_day(const Order *o);
/* @dose of @unit in @to ("g" to "mg"); invalid when the units do not measure the same. */
Decimal dose_convert(Decimal dose, const char *unit, const char *to);
