import { useIdioma } from '../idioma.tsx'
import { Enlace } from '../ruta.tsx'

const Montes = () => (
  <svg class="montes" viewBox="0 0 1280 150" preserveAspectRatio="xMidYMax slice" aria-hidden="true">
    <path class="lejos" d="M0 90 110 58 200 96 330 20 430 92 560 70 690 104 780 46 880 100 1010 78 1140 104 1280 52V150H0Z" />
    <path class="cerca" d="M0 128 130 96 260 130 420 108 560 138 720 112 900 140 1060 116 1180 138 1280 106V150H0Z" />
  </svg>
)

const CIELOS: Readonly<Record<string, string>> = { '/': 'cielo portada', '/buscar': 'cielo portada baja' }

const Marca = () => (
  <svg viewBox="0 0 28 20" width="28" height="20" aria-hidden="true">
    <path fill="currentColor" d="M0 20 9.5 3l4.6 8.2L17.4 6 28 20Z" />
    <path class="cumbre" d="m7.6 6.4 1.9-3.4 1.9 3.4-1.9 1.4Z" />
  </svg>
)

/** El cielo, la marca y por dónde se va. Donde se busca lleva el título; donde ya se eligen vuelos, uno corto. */
export const Cabecera = ({ camino }: { camino: string }) => {
  const { idioma, t, cambiar } = useIdioma()
  return (
    <header class={CIELOS[camino] ?? 'cielo'}>
      <a class="saltar" href="#contenido">
        {t.saltar}
      </a>
      <div class="ancho barra">
        <Enlace a="/" clase="marca">
          <Marca /> {t.marca}
        </Enlace>
        <nav>
          <Enlace a="/mis-reservas">{t.misReservas}</Enlace>
          <Enlace a="/buzon">{t.buzon}</Enlace>
          <button type="button" class="enlace" lang={idioma === 'es' ? 'en' : 'es'} onClick={() => cambiar(idioma === 'es' ? 'en' : 'es')}>
            {t.otroIdioma}
          </button>
        </nav>
      </div>
      {camino === '/' && (
        <div class="ancho lema">
          <h1>{t.titulo}</h1>
          <p>{t.lema}</p>
        </div>
      )}
      {camino === '/buscar' && (
        <div class="ancho lema">
          <h1>{t.eligeVuelo}</h1>
        </div>
      )}
      <Montes />
    </header>
  )
}
