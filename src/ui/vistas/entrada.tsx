import { render } from 'preact'
import { ConIdioma, useIdioma } from './idioma.tsx'
import { PaginaBuzon } from './paginas/buzon.tsx'
import { Inicio } from './paginas/inicio.tsx'
import { PaginaMisReservas } from './paginas/mis_reservas.tsx'
import { PaginaReserva } from './paginas/reserva.tsx'
import { PaginaReservar } from './paginas/reservar.tsx'
import { PaginaResultados } from './paginas/resultados.tsx'
import { Vacio } from './partes/avisos.tsx'
import { Cabecera } from './partes/cabecera.tsx'
import { Enlace, type Ruta, useRuta } from './ruta.tsx'

const Pagina = ({ camino, criterios }: Ruta) => {
  const { t } = useIdioma()
  const reserva = /^\/reserva\/([^/]+)$/.exec(camino)?.[1]
  if (reserva !== undefined) return <PaginaReserva key={reserva} id={decodeURIComponent(reserva)} operacion={criterios.get('operacion')} />
  switch (camino) {
    case '/':
      return <Inicio criterios={criterios} />
    case '/buscar':
      return <PaginaResultados criterios={criterios} />
    case '/reservar':
      return <PaginaReservar />
    case '/mis-reservas':
      return <PaginaMisReservas />
    case '/buzon':
      return <PaginaBuzon abierto={criterios.get('correo')} />
    default:
      return (
        <div class="ancho">
          <Vacio titulo={t.paginaNoExiste} unico>
            <Enlace a="/" clase="secundario">
              {t.volver}
            </Enlace>
          </Vacio>
        </div>
      )
  }
}

const App = () => {
  const ruta = useRuta()
  const { t } = useIdioma()
  return (
    <>
      <Cabecera portada={ruta.camino === '/' || ruta.camino === '/buscar'} />
      <main id="contenido">
        <Pagina {...ruta} />
      </main>
      <footer class="ancho quieto">{t.pie}</footer>
    </>
  )
}

const raiz = document.getElementById('app')
if (raiz) render(<ConIdioma children={<App />} />, raiz)
