"""What takes more than a second: left out by `make quick`, and not traced where others trace it."""

SLOW = (
    "tests/arm/test_neon.py",
    "tests/bounds/test_dimension.py::test_planted_structures_are_found",
    "tests/bounds/test_dimension.py::test_wordnet",
    "tests/bounds/test_margin.py::test_a_hierarchy_has_a_ceiling",
    "tests/bounds/test_margin.py::test_large_trees_are_solved_to_seven_digits",
    "tests/bounds/test_margin.py::test_more_branching_and_more_levels_lower_the_ceiling_towards_the_limit",
    "tests/bounds/test_margin.py::test_random_trees_have_ceilings_above_the_limit",
    "tests/bounds/test_rainbows.py::test_a_tangled_hierarchy_takes_five_and_six",
    "tests/bounds/test_rainbows.py::test_the_table_prints_what_k_classes_take",
    "tests/bounds/test_random.py::test_expected_and_failures_agree_with_simulation",
    "tests/bounds/test_registry.py::test_bounds_for_a_margin",
    "tests/bounds/test_registry.py::test_larger_hierarchies_are_in_order",
    "tests/bounds/test_registry.py::test_theorems_of_other_distributions",
    "tests/checker/test_checkpoint.py::test_filtered_and_killed_at_random_moments",
    "tests/checker/test_checkpoint.py::test_killed_at_random_moments",
    "tests/checker/test_checkpoint.py::test_torn_and_damaged_ends_are_dropped",
    "tests/checker/test_dask.py",
    "tests/checker/test_certify.py::test_near_ties_of_float32_are_swept_in_float64",
    "tests/checker/test_kernels.py::test_problems_reach_the_edges",
    "tests/checker/test_kernels.py::test_run_refuses_sizes_whose_bytes_do_not_fit_a_word",
    "tests/checker/test_memory.py::test_the_peak_stays_below_the_limit",
    "tests/checker/test_sweep.py::test_other_processes_give_the_same_certificate",
    "tests/claims/test_claims.py::test_claim_is_what_it_is_declared_to_be",
    "tests/cli/test_json.py::test_what_is_printed_is_one_document",
    "tests/cli/test_terminal.py::test_the_status_does_not_depend_on_the_reader",
    "tests/constructions/test_constructions.py::test_auto_within_a_budget",
    "tests/constructions/test_constructions.py::test_large_random_trees_take_three_dimensions",
    "tests/constructions/test_constructions.py::test_more_dimensions_mean_more_margin",
    "tests/constructions/test_constructions.py::test_perfect_trees_take_three_dimensions",
    "tests/constructions/test_default.py::test_a_margin_without_a_budget",
    "tests/constructions/test_default.py::test_the_command_says_which_it_was",
    "tests/constructions/test_default.py::test_the_default_holds_and_so_do_copies",
    "tests/constructions/test_default.py::test_the_default_is_the_least_dimension_with_the_margin",
    "tests/constructions/test_default.py::test_the_default_says_what_descent_would_add",
    "tests/constructions/test_default.py::test_the_largest_promise_is_kept_to_a_gibibyte",
    "tests/constructions/test_direct_sum.py::test_every_family_keeps_its_promise",
    "tests/constructions/test_direct_sum.py::test_more_dimensions_buy_more_margin",
    "tests/constructions/test_half_plane.py::test_every_tree_takes_two_dimensions",
    "tests/constructions/test_planner.py::test_every_point_is_what_construct_then_certifies",
    "tests/constructions/test_planner.py::test_large_trees_meet_the_described_dimension_and_margin",
    "tests/constructions/test_planner.py::test_the_command",
    "tests/constructions/test_planner.py::test_the_fewest_dimensions_for_a_margin",
    "tests/constructions/test_planner.py::test_the_options_of_a_row_build_it",
    "tests/constructions/test_real_hierarchies.py",
    "tests/constructions/test_spherical_codes.py::test_large_slices_exhaustively",
    "tests/constructions/test_spherical_codes.py::test_numbers_of_the_slices",
    "tests/constructions/test_spherical_codes.py::test_shells",
    "tests/constructions/test_spherical_codes.py::test_sign_codes_exhaustively",
    "tests/constructions/test_spherical_codes.py::test_small_sign_codes_exhaustively",
    "tests/constructions/test_spherical_codes.py::test_small_slices_exhaustively",
    "tests/constructions/test_spherical_codes.py::test_unitary_two_graphs",
    "tests/constructions/test_spherical_codes.py::test_words_for_a_block_of_wordnet",
    "tests/contracts/test_construction_contract.py::test_every_construction_keeps_the_contract",
    "tests/contracts/test_format_contract.py::test_broken_judgment_formats_are_found",
    "tests/contracts/test_format_contract.py::test_broken_vector_formats_are_found",
    "tests/contracts/test_format_contract.py::test_registered_formats_keep_the_contract",
    "tests/contracts/test_kernel_contract.py::test_every_kernel_keeps_the_contract",
    "tests/contracts/test_theorem_contract.py::test_theorems_keep_the_contract",
    "tests/core/test_hierarchy.py::test_strategies_reach_the_edges",
    "tests/datasets/test_datasets.py::test_load_and_read_agree",
    "tests/datasets/test_datasets.py::test_wordnet_pairs_match_a_walk_in_plain_python",
    "tests/datasets/test_generators.py::test_parents_of_a_dag_are_uniform",
    "tests/datasets/test_generators.py::test_preferential_attachment_by_its_probabilities",
    "tests/datasets/test_generators.py::test_uniform_attachment_by_its_probabilities",
    "tests/descent/test_benchmarks.py::test_ceilings_of_weights_are_above_the_exact_one_and_near",
    "tests/descent/test_benchmarks.py::test_margins_by_dimension_are_certified_and_kept",
    "tests/descent/test_dense.py::test_interrupt_returns_the_best_so_far",
    "tests/descent/test_dense.py::test_mammals",
    "tests/descent/test_dense.py::test_minutes_end_the_run",
    "tests/descent/test_dense.py::test_small_tiles_descend_as_well",
    "tests/descent/test_dense.py::test_start_is_never_lost",
    "tests/diagnosis/test_compare.py::test_a_model_that_holds_is_scored_once",
    "tests/diagnosis/test_compare.py::test_command",
    "tests/diagnosis/test_compare.py::test_each_model_is_scored_once",
    "tests/diagnosis/test_compare.py::test_planted_causes_are_found",
    "tests/diagnosis/test_diagnosis.py::test_shuffled_queries_come_back",
    "tests/docs/test_commands.py::test_commands_are_run",
    "tests/docs/test_databases.py::test_commands_are_run",
    "tests/docs/test_figures.py",
    "tests/export/test_engines.py::test_mammals_are_retrieved_exactly",
    "tests/export/test_targets.py::test_an_approximate_index_reports_what_it_misses",
    "tests/fuzz/test_fuzz_folders.py::test_every_field_with_every_value",
    "tests/io/test_hierarchies.py::test_chains_of_50000_levels",
    "tests/io/test_hierarchies.py::test_real_hierarchies",
    "tests/io/test_judgments.py::test_every_construction_takes_random_subsets",
    "tests/io/test_vector_folder.py::test_a_killed_write_leaves_no_half_embedding",
    "tests/proofs/test_proofs.py::test_no_sign_can_change",
    "tests/proofs/test_proofs.py::test_proof_holds",
    "tests/proofs/test_rocq.py::test_the_prover_closes_theorems",
    "tests/docs/test_report_page.py",
    "tests/report/test_page_in_browser.py",
    "tests/test_docstrings.py::test_public_docstrings_are_complete",
    "tests/test_import.py::test_four_lines",
)
"""Files, or functions of theirs: all their cases. The marker `slow` says it of a single one."""


def is_slow(node: str) -> bool:
    """Whether the identifier of a test is among them."""
    return node.partition("[")[0] in SLOW or node.partition("::")[0] in SLOW


TRACED = (
    "tests/bounds/test_random.py::test_expected_and_failures_agree_with_simulation",
    "tests/claims/test_claims.py::test_claim_is_what_it_is_declared_to_be",
    "tests/constructions/test_planner.py::test_the_command",
    "tests/contracts/test_format_contract.py::test_broken_judgment_formats_are_found",
    "tests/contracts/test_format_contract.py::test_broken_vector_formats_are_found",
    "tests/contracts/test_format_contract.py::test_registered_formats_keep_the_contract",
    "tests/contracts/test_theorem_contract.py::test_theorems_keep_the_contract",
)
"""Slow tests whose lines no other test runs: coverage counts on them."""

SEARCHES = (
    "tests/claims/test_claims.py::test_claim_is_what_it_is_declared_to_be[chirotope]",
    "tests/claims/test_claims.py::test_claim_is_what_it_is_declared_to_be[rainbow]",
    "tests/claims/test_claims.py::test_claim_is_what_it_is_declared_to_be[subtree-ceiling]",
    "tests/contracts/test_theorem_contract.py::test_theorems_keep_the_contract[chirotope-dimension-lower]",
    "tests/contracts/test_theorem_contract.py::test_theorems_keep_the_contract[rainbow-dimension-lower]",
)
"""Their cases that search in Python, in a few lines that tests of the search itself run as well."""

PROPERTIES = ("tests/checker/", "tests/constructions/")
"""Folders whose properties run, again and again, lines that other tests run as well."""


def is_traced(node: str, is_property: bool) -> bool:
    """Whether coverage follows a test: it takes two thirds longer then."""
    if node.partition("[")[0] in TRACED:
        return node not in SEARCHES
    return not (is_slow(node) or (is_property and node.startswith(PROPERTIES)))
