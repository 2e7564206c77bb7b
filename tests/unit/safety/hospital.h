/* SPDX-License-Identifier: GPL-3.0-or-later
 * safety/hospital.h — the real rond-core with the whole training hospital, and people who work there,
 * each with a client and a store of their own. Time is virtual: clock_test_advance() moves it. */
#pragma once
#include <criterion/criterion.h>
#include <string.h>

#include "base/clock.h"
#include "client/query.h"
#include "client/write.h"
#include "support/minicore.h"

typedef struct {
    char *dir, *db, *socket, *log;
    GPid pid; /* 0 = stopped */
} Hospital;

typedef struct {
    Client *client;
    MemStore *store;
    SecretBuf *token;
    Scope *scope;
} Person;

void hospital_begin(Hospital *h); /* seeded and served; virtual time begins */
void hospital_stop(Hospital *h);  /* the core is gone */
void hospital_end(Hospital *h);
/* Requests that the core has answered so far. */
guint hospital_requests(const Hospital *h);

/* @assignment: its HSA-id; @practitioner: who holds it. Logged in and discovered. */
void person_begin(Person *p, const Hospital *h, const char *assignment, const char *practitioner);
void person_end(Person *p);
PatientCtx *person_open(Person *p, const char *patient); /* owned */
/* Writes, waits, and is confirmed; what the core then holds, owned. */
FhirResource *person_write(Person *p, PatientCtx *patient, ClientWriteKind kind, const FhirResource *r);
FhirResource *person_create(Person *p, PatientCtx *patient, const char *json);
/* A new resource, written by another program: nobody in this process hears of it but from the core. */
void person_post(const Person *p, const Hospital *h, const char *type, const char *json);
/* Virtual seconds go by, one at a time, everybody's answers arriving in between. */
void seconds_go_by(guint n);
