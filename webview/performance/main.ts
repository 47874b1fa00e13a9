import './performance.css';
