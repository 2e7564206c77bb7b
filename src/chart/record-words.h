/* SPDX-License-Identifier: GPL-3.0-or-later
 * chart/record-words.h — the words that enter the record, in the language of the record of the unit
 * one works for, whatever the screen speaks. One catalogue for each language, data/record/LANGUAGE.words,
 * compiled in; Swedish until another is chosen. Knows nothing of FHIR, gettext or the user. */
#pragma once
#include <glib.h>

#define RECORD_DEFAULT "sv"

/* X(name, id in the catalogue, what its text is given: s = %s, d = %d) */
#define RECORD_WORDS(X) \
    X(AND, "and", "") \
    X(TIMES_RANGE, "times-range", "dd") \
    X(TIME, "time", "d") \
    X(TIMES, "times", "d") \
    X(DAILY, "daily", "") \
    X(WEEKLY, "weekly", "") \
    X(MONDAYS, "mondays", "") \
    X(TUESDAYS, "tuesdays", "") \
    X(WEDNESDAYS, "wednesdays", "") \
    X(THURSDAYS, "thursdays", "") \
    X(FRIDAYS, "fridays", "") \
    X(SATURDAYS, "saturdays", "") \
    X(SUNDAYS, "sundays", "") \
    X(ONCE_A_WEEK_ON, "once-a-week-on", "s") \
    X(ON_DAYS, "on-days", "s") \
    X(EVERY_HOUR, "every-hour", "") \
    X(EVERY_2_HOURS, "every-2-hours", "") \
    X(EVERY_N_HOURS, "every-n-hours", "d") \
    X(EVERY_DAY, "every-day", "") \
    X(EVERY_2_DAYS, "every-2-days", "") \
    X(EVERY_N_DAYS, "every-n-days", "d") \
    X(EVERY_WEEK, "every-week", "") \
    X(EVERY_2_WEEKS, "every-2-weeks", "") \
    X(EVERY_N_WEEKS, "every-n-weeks", "d") \
    X(AT_CLOCK, "at-clock", "s") \
    X(AT_BEDTIME, "at-bedtime", "") \
    X(ONCE, "once", "") \
    X(ONCE_NOW, "once-now", "") \
    X(AS_NEEDED, "as-needed", "") \
    X(AS_NEEDED_FOR, "as-needed-for", "s") \
    X(MOST_A_DAY, "most-a-day", "s") \
    X(MOST_TIME_A_DAY, "most-time-a-day", "d") \
    X(MOST_TIMES_A_DAY, "most-times-a-day", "d") \
    X(IN_THE_MORNING, "in-the-morning", "") \
    X(AT_LUNCH, "at-lunch", "") \
    X(IN_THE_EVENING, "in-the-evening", "") \
    X(FOR_THE_NIGHT, "for-the-night", "") \
    X(MORNING, "morning", "") \
    X(LUNCH, "lunch", "") \
    X(EVENING, "evening", "") \
    X(NIGHT, "night", "") \
    X(FOR_DAY, "for-day", "d") \
    X(FOR_DAYS, "for-days", "d") \
    X(FIRST_NOW, "first-now", "") \
    X(THEN, "then", "") \
    X(PER_KG, "per-kg", "ss") \
    X(PER_KG_ROUNDED, "per-kg-rounded", "sss") \
    X(OVER_HOUR, "over-hour", "d") \
    X(OVER_HOURS, "over-hours", "d") \
    X(OVER_MINUTES, "over-minutes", "d") \
    X(INFUSED, "infused", "s") \
    X(INFUSED_VOLUME, "infused-volume", "ss") \
    X(CONTINUOUSLY, "continuously", "") \
    X(IN_SITE, "in-site", "s") \
    X(MEAL, "meal", "") \
    X(BEFORE_MEAL, "before-meal", "") \
    X(AFTER_MEAL, "after-meal", "") \
    X(WITH_BREAKFAST, "with-breakfast", "") \
    X(BEFORE_BREAKFAST, "before-breakfast", "") \
    X(AFTER_BREAKFAST, "after-breakfast", "") \
    X(BEFORE_LUNCH, "before-lunch", "") \
    X(AFTER_LUNCH, "after-lunch", "") \
    X(BEFORE_DINNER, "before-dinner", "") \
    X(AFTER_DINNER, "after-dinner", "") \
    X(MINUTES_THEN, "minutes-then", "ds") \
    X(REST_DAYS, "rest-days", "dd") \
    X(AT_ONCE, "at-once", "") \
    X(IN_ALL, "in-all", "s") \
    X(A_DAY, "a-day", "s") \
    X(FROM, "from", "ss") \
    X(UNTIL_DAY, "until-day", "sd") \
    X(UNTIL_DAYS, "until-days", "sd") \
    X(UNTIL_FURTHER, "until-further", "") \
    X(FOLLOW_UP, "follow-up", "") \
    X(ALLERGY, "check-allergy", "sss") \
    X(ALLERGY_SEVERE, "check-allergy-severe", "sss") \
    X(SAME_CLASS, "class-same", "") \
    X(SAME_SUBSTANCE, "substance-same", "") \
    X(UNCHECKED_ALLERGIES, "unchecked-allergies", "") \
    X(UNCHECKED_MEDICINES, "unchecked-medicines", "") \
    X(UNCHECKED_CODE, "unchecked-code", "s") \
    X(UNCHECKED_STATE, "unchecked-state", "s") \
    X(UNCHECKED_VALUE, "unchecked-value", "s") \
    X(UNCHECKED_OLD, "unchecked-old", "s") \
    X(UNCHECKED_AGE, "unchecked-age", "") \
    X(UNCHECKED_UNREAD, "unchecked-unread", "s") \
    X(UNCHECKED_DOSE, "unchecked-dose", "s") \
    X(UNCHECKED_DIAGNOSES, "unchecked-diagnoses", "") \
    X(DOUBLE_LISTED, "check-double-listed", "ss") \
    X(DOUBLE_WAITING, "check-double-waiting", "ss") \
    X(CLASS_LISTED, "check-class-listed", "ss") \
    X(CLASS_WAITING, "check-class-waiting", "ss") \
    X(DOSE_OF_DAY, "check-dose-of-day", "sss") \
    X(DOSE_SINGLE, "check-dose-single", "sss") \
    X(DOSE_SUM, "check-dose-sum", "sssss") \
    X(DOSE_SLIP, "check-dose-slip", "s") \
    X(RATE, "check-rate", "ssss") \
    X(DOSE_SMALL, "check-dose-small", "ss") \
    X(OVERRIDDEN, "overridden", "ss") \
    X(ADDENDUM, "addendum", "s") \
    X(CORRECTED, "corrected", "s") \
    X(STRUCK, "struck", "sss") \
    X(TASK_TRANSCRIBE, "task-transcribe", "") \
    X(TASK_COUNTERSIGN, "task-countersign", "") \
    X(REASON_BENEFIT, "reason-benefit", "") \
    X(REASON_TOLERATED, "reason-tolerated", "") \
    X(REASON_TESTS, "reason-tests", "") \
    X(REASON_STOPPED, "reason-stopped", "") \
    X(VITAL_CONFIRMED, "vital-confirmed", "") \
    X(VITAL_ASSUMED, "vital-assumed", "") \
    X(VITAL_CORRECTED, "vital-corrected", "sss") \
    X(VITAL_STRUCK, "vital-struck", "ss") \
    X(GIVEN_PAST, "given-past", "ss") \
    X(GIVEN_PARTLY, "given-partly", "") \
    X(GIVEN_WAITS, "given-waits", "") \
    X(PHRASE_MEDICINES, "phrase-medicines", "s") \
    X(PHRASE_ALLERGIES, "phrase-allergies", "s") \
    X(PHRASE_PROBLEMS, "phrase-problems", "s") \
    X(PHRASE_PAUSED, "phrase-paused", "") \
    X(PHRASE_LATER, "phrase-later", "") \
    X(PHRASE_LIFE, "phrase-life", "") \
    X(PHRASE_SUSPECTED, "phrase-suspected", "") \
    X(PHRASE_YEARS, "phrase-years", "d") \
    X(STORY, "story", "s") \
    X(STORY_BEGUN, "story-begun", "") \
    X(STORY_CHANGED, "story-changed", "") \
    X(STORY_STOPPED, "story-stopped", "") \
    X(STORY_PAUSED, "story-paused", "") \
    X(STORY_KEPT, "story-kept", "") \
    X(STORY_SHORT, "story-short", "") \
    X(STORY_WAS, "story-was", "s") \
    X(STORY_FOR, "story-for", "s") \
    X(STORY_WHY, "story-why", "s") \
    X(STORY_NO_WHY, "story-no-why", "") \
    X(STORY_FOLLOW_UP, "story-follow-up", "s") \
    X(STORY_BY, "story-by", "s") \
    X(NO_REACTION, "no-reaction", "") \
    X(SUSPECTED, "suspected", "s") \
    X(ENTRY_CHANGED, "entry-changed", "s") \
    X(ENTRY_QUESTIONED, "entry-questioned", "ss") \
    X(ENTRY_RESOLVED, "entry-resolved", "s") \
    X(ENTRY_STRUCK, "entry-struck", "s") \
    X(WHY_DONE, "why-done", "") \
    X(WHY_SIDE_EFFECT, "why-side-effect", "") \
    X(WHY_NO_EFFECT, "why-no-effect", "") \
    X(WHY_INTERACTION, "why-interaction", "") \
    X(WHY_DOUBLE, "why-double", "") \
    X(WHY_CONTRAINDICATED, "why-contraindicated", "") \
    X(WHY_WISH, "why-wish", "") \
    X(WHY_MISORDERED, "why-misordered", "") \
    X(WHY_DEAD, "why-dead", "") \
    X(WHY_PROCEDURE, "why-procedure", "") \
    X(WHY_TEST, "why-test", "") \
    X(WHY_ACUTE, "why-acute", "") \
    X(WHY_FASTING, "why-fasting", "") \
    X(WHY_MISSING, "why-missing", "") \
    X(WHY_WRONG_PATIENT, "why-wrong-patient", "") \
    X(WHY_WRONG_MEDICINE, "why-wrong-medicine", "") \
    X(WHY_WRONG_DOSE, "why-wrong-dose", "") \
    X(WHY_TWICE, "why-twice", "") \
    X(WHY_RENEWED, "why-renewed", "") \
    X(WHY_REPLACED, "why-replaced", "") \
    X(MED_RENEWED, "med-renewed", "s") \
    X(MED_REPLACED, "med-replaced", "s") \
    X(MED_PAUSED, "med-paused", "ss") \
    X(MED_PAUSED_UNTIL, "med-paused-until", "sss") \
    X(MED_RESUMED, "med-resumed", "s") \
    X(MED_STOPPED, "med-stopped", "ss") \
    X(MED_STRUCK, "med-struck", "ss")

#define RECORD_WORD_ENUM(name, id, given) RW_##name,
typedef enum { RECORD_WORDS(RECORD_WORD_ENUM) RW_COUNT } RecordWord;

/* @language: as FHIR says it ("sv", "sv-SE"), NULL = the default. FALSE with no or an incomplete
 * catalogue for it; what was in use stays. */
gboolean record_words_use(const char *language, GError **error);
const char *record_language(void); /* "sv" */
const char *record_word(RecordWord word); /* borrowed until another language is used */
char *record_text(RecordWord word, ...);  /* with what it is given; owned */
