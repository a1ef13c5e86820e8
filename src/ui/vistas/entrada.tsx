import { render } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
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
import type { Textos } from './textos.ts'

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
      return <PaginaReservar cambio={criterios.has('cambio')} />
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

const tituloDe = (camino: string, t: Textos): string => {
  if (camino.startsWith('/reserva/')) return t.tuReserva
  const titulos: Readonly<Record<string, string>> = {
    '/': t.titulo,
    '/buscar': t.eligeVuelo,
    '/reservar': t.quienViaja,
    '/mis-reservas': t.misReservas,
    '/buzon': t.buzonTitulo,
  }
  return titulos[camino] ?? t.paginaNoExiste
}

const App = () => {
  const ruta = useRuta()
  const { t } = useIdioma()
  const contenido = useRef<HTMLElement>(null)
  const anterior = useRef(ruta.camino)
  // Quien cambia de pantalla sigue leyendo desde su principio, también con el teclado o un lector.
  useEffect(() => {
    document.title = `${tituloDe(ruta.camino, t)} · ${t.marca}`
    if (anterior.current !== ruta.camino) contenido.current?.focus({ preventScroll: true })
    anterior.current = ruta.camino
  }, [ruta.camino, t])
  return (
    <>
      <Cabecera camino={ruta.camino} />
      <main id="contenido" ref={contenido} tabIndex={-1}>
        <Pagina {...ruta} />
      </main>
      <footer class="ancho quieto">{t.pie}</footer>
    </>
  )
}

const raiz = document.getElementById('app')
if (raiz) render(<ConIdioma children={<App />} />, raiz)
