"""The limit on the threads of BLAS is set by the first to enter and lifted by the last to leave."""

from threadpoolctl import threadpool_info, threadpool_limits

from hrgeom._base.blas import one_blas_thread


def n_threads():
    return {each["num_threads"] for each in threadpool_info() if each["user_api"] == "blas"}


def test_products_take_one_thread_inside_and_as_many_as_before_outside():
    with threadpool_limits(limits=2, user_api="blas"):
        before = n_threads()
        first, second = one_blas_thread(), one_blas_thread()
        first.__enter__()
        second.__enter__()
        assert n_threads() == {1}
        first.__exit__(None, None, None)
        assert n_threads() == {1}
        second.__exit__(None, None, None)
        assert n_threads() == before


def test_the_limit_is_lifted_after_an_error():
    before = n_threads()
    try:
        with one_blas_thread():
            raise ValueError
    except ValueError:
        pass
    assert n_threads() == before
