/* SPDX-License-Identifier: Apache-2.0 */
#include "sample_incident.h"

#include "said.h"

#define TEXT(en, ja)                                           \
    {                                                          \
        .in = { [LANGUAGE_EN] = S(en), [LANGUAGE_JA] = S(ja) } \
    }
#define S(literal)                      \
    {                                   \
        "" literal, sizeof(literal) - 1 \
    }
#define FIRST_SEEN (INT64_C(1795451339) * STAMP_SECOND)
#define LAST_SEEN  (FIRST_SEEN + 11 * STAMP_MINUTE)

static const struct slice acr[] = {S("acr")};
static const struct slice others[] = {S("ecr"), S("gar")};
static const struct condition on_acr[] = {{FACT_VENDOR, acr, 1}};
static const struct slice impossible[] = {S("moon")};
static const struct condition on_sent[] = {{FACT_CREDENTIALS, impossible, 1}};
static const struct condition on_others[] = {{FACT_VENDOR, others, 2}};

static const struct step check_steps[] = {
    {TEXT("Which roles does the kubelet's identity have at the registry? "
          "AcrPull, or a reader role of the repository, must be among them.",
          "kubelet の ID がレジストリに対して持つロールを確認します。AcrPull "
          "またはリポジトリの読み取りロールが必要です。"),
     S("az role assignment list --scope {{acr.id}} "
       "--assignee {{kubelet.object_id}} --output table\n"),
     false},
    {TEXT("Attach the registry to the cluster.",
          "レジストリをクラスターにアタッチします。"),
     S("az aks update --resource-group {{resource_group}} --name {{cluster}} "
       "--attach-acr {{acr.name}}\n"),
     true},
};
static const struct step secret_steps[] = {
    {TEXT("Show the pod's pull secrets.",
          "Pod のプルシークレットを表示します。"),
     S("kubectl get pod {{pod}} --namespace {{namespace}} \\\n"
       "  --output jsonpath='{.spec.imagePullSecrets[*].name}'\n"),
     false},
    {TEXT("Compare its server with {{registry}}.",
          "サーバー名が {{registry}} と一致するか確認します。"),
     S(""), false},
};

static const struct conditions likely[] = {{on_sent, 1}};
static const struct remedy generic = {
    .id = S("check-secret"),
    .title = TEXT("Check the pull secret", "プルシークレットを確認する"),
    .steps = secret_steps,
    .step_count = 2,
};
static const struct remedy elsewhere = {
    .id = S("check-node-role"),
    .title = TEXT("Check the node's role", "ノードのロールを確認する"),
    .when = {on_others, 1},
};
static const struct remedy attach = {
    .id = S("check-acrpull"),
    .title = TEXT("May the cluster's kubelet identity pull from the registry?",
                  "クラスターの kubelet ID にプルの権限があるか確認する"),
    .when = {on_acr, 1},
    .steps = check_steps,
    .step_count = 2,
};
static const struct remedy third = {
    .id = S("third"),
    .title = TEXT("Rotate the token", "トークンを更新する"),
    .likely = likely,
    .likely_count = 1,
};
static const struct remedy fourth = {
    .id = S("fourth"),
    .title = TEXT("Enable the admin user for a moment",
                  "管理者ユーザーを一時的に有効にする"),
};
static const struct remedy *const remedies[] = {&generic, &elsewhere, &attach,
                                                &third, &fourth};
static const struct slice sources[] = {S("https://example.com/doc/401")};
static const struct cause also = {
    .slug = S("unauthorized-anonymous"),
    .title = TEXT("No credentials were sent", "資格情報が送信されませんでした"),
};

static const struct cause cause = {
    .slug = S("unauthorized"),
    .title =
        TEXT("401 Unauthorized: the registry refused the cluster's credentials",
             "401 Unauthorized: "
             "レジストリがクラスターの資格情報を拒否しました"),
    .why = TEXT("The node did send credentials, and the registry does not take "
                "them.\nMostly the role assignment is missing, or the pull "
                "secret holds an old password.\n\nRight after a node has "
                "started the first attempt may fail, and the next one work.\n",
                "ノードは資格情報を送信しましたが、レジストリに拒否されました。"
                "\nロールの割り当てがないか、プルシークレットのパスワードが古"
                "いことが主な原因です。\n\nノードの起動直後は最初の試行だけが"
                "失敗することもあります。\n"),
    .severity = SEVERITY_ERROR,
    .scope = SCOPE_REGISTRY,
    .nature = NATURE_PERMANENT,
    .rank = 2,
    .sources = sources,
    .source_count = 1,
    .remedies = remedies,
    .remedy_count = 5,
};

static const struct {
    enum fact fact;
    struct slice value;
} learned[] = {
    {FACT_REGISTRY, S("myregistry.azurecr.io")},
    {FACT_REPOSITORY, S("team/api")},
    {FACT_TAG, S("v1.2")},
    {FACT_VENDOR, S("acr")},
    {FACT_ACR_NAME, S("myregistry")},
    {FACT_NAMESPACE, S("prod")},
    {FACT_POD, S("api-7d9f8c6b5d-x2x4z")},
    {FACT_HTTP_STATUS, S("401")},
};

void
sample_incident_init(struct sample_incident *sample)
{
    static const struct affected rows[] = {
        {.namespace = S("prod"),
         .pod = S("api-7d9f8c6b5d-x2x4z"),
         .container = S("api"),
         .node = S("aks-pool1-12345678-vmss000000")},
        {.namespace = S("prod"),
         .pod = S("api-7d9f8c6b5d-x2x4z"),
         .container = S("sidecar"),
         .node = S("aks-pool1-12345678-vmss000000")},
        {.namespace = S("prod"),
         .pod = S("web-0"),
         .container = S("web"),
         .node = S("aks-pool1-12345678-vmss000001")},
        {.namespace = S("staging"),
         .pod = S("batch-k7q2w"),
         .node = S("aks-pool1-12345678-vmss000001")},
        {.namespace = S("staging"),
         .pod = S("db-2"),
         .node = S("aks-pool1-12345678-vmss000001")},
    };

    *sample = (struct sample_incident){.cause = cause};
    struct incident *incident = &sample->incident;
    for (size_t i = 0; i < COUNT(rows); i++) {
        sample->affected[i] = rows[i];
    }
    incident->id = 7;
    incident->is_stored = true;
    incident->cause = &sample->cause;
    incident->state = INCIDENT_OPEN;
    incident->severity = SEVERITY_ERROR;
    incident->also[0] = &also;
    incident->also_count = 1;
    incident->first_seen = FIRST_SEEN;
    incident->last_seen = LAST_SEEN;
    incident->stamp_trust = STAMP_EXACT;
    incident->count = 12;
    incident->stored_count = 2;
    incident->affected = sample->affected;
    incident->affected_count = COUNT(rows);
    incident->evidence_seen = 2;
    incident->evidence[0] = said_by(
        0,
        SLICE(
            "E1123 16:28:59.120279    2874 kuberuntime_image.go:55] \"Failed "
            "to "
            "pull image\" err=\"failed to pull and unpack image "
            "\\\"myregistry.azurecr.io/team/api:v1.2\\\": failed to resolve "
            "reference \\\"myregistry.azurecr.io/team/api:v1.2\\\": failed to "
            "authorize: failed to fetch oauth token: unexpected status: 401 "
            "Unauthorized\" image=\"myregistry.azurecr.io/team/api:v1.2\""));
    incident->evidence[1] =
        said_by(0, SLICE("again: \x1b[31m401 Unauthorized"));
    incident->known.texts = (void *)sample->facts;
    incident->known.room = COUNT(sample->facts);
    for (size_t i = 0; i < COUNT(learned); i++) {
        incident_set_fact(incident, learned[i].fact, learned[i].value);
    }
}
