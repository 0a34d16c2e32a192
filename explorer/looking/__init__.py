"""What a page shows, computed; knows nothing of Streamlit."""
