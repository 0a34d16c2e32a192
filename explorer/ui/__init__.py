"""The pages. Streamlit is imported nowhere else."""
