"""The addresses of flows."""

from django.urls import path

from success.views.flows import editor, entering, lists, page, previews, trials

urlpatterns = [
    path("", lists.flow_list, name="flow-list"),
    path("new/", lists.flow_new, name="flow-new"),
    path("<int:pk>/", page.flow_detail, name="flow-detail"),
    path("<int:pk>/enrol/", entering.flow_enrol, name="flow-enrol"),
    path("start/<int:pk>/", entering.start_for, name="flow-start-for"),
    path("<int:pk>/history/", page.flow_history, name="flow-history"),
    path("<int:pk>/switch/", lists.flow_switch, name="flow-switch"),
    path("<int:pk>/rename/", lists.flow_rename, name="flow-rename"),
    path("<int:pk>/duplicate/", lists.flow_duplicate, name="flow-duplicate"),
    path("<int:pk>/edit/", editor.flow_edit, name="flow-edit"),
    path("<int:pk>/edit/settings/", editor.flow_settings, name="flow-settings"),
    path("<int:pk>/edit/publish/", editor.flow_publish, name="flow-publish"),
    path("<int:pk>/edit/discard/", editor.flow_discard, name="flow-discard"),
    path("<int:pk>/edit/steps/", editor.step_add, name="flow-step-add"),
    path("<int:pk>/edit/steps/<int:step>/", editor.step_edit, name="flow-step"),
    path("<int:pk>/edit/steps/<int:step>/<str:way>/move/", editor.step_move, name="flow-step-move"),
    path("<int:pk>/edit/steps/<int:step>/remove/", editor.step_remove, name="flow-step-remove"),
    path("<int:pk>/edit/steps/<int:step>/preview/", previews.step_preview, name="flow-step-preview"),
    path("<int:pk>/edit/steps/<int:step>/test/", previews.step_test, name="flow-step-test"),
    path("<int:pk>/trial/", trials.flow_trial, name="flow-trial"),
    path("<int:pk>/trial/<int:run>/", trials.trial_result, name="flow-trial-result"),
]
