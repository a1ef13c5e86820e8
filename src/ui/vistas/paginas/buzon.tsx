import { useEffect } from 'preact/hooks'
import { leerCorreo, listarCorreos } from '../api.ts'
import { fechaCompleta } from '../formato.ts'
import { useIdioma } from '../idioma.tsx'
import { Esperando, Fallo, Vacio } from '../partes/avisos.tsx'
import { usePedido } from '../pedido.ts'
import { Enlace } from '../ruta.tsx'

const RELEER_CADA_MS = 3_000

/** Los correos que salieron, cuando no hay un servidor de correo de verdad. */
export const PaginaBuzon = ({ abierto }: { abierto: string | null }) => {
  const { t, idioma } = useIdioma()
  const pedido = usePedido('correos', listarCorreos)
  useEffect(() => {
    const reloj = setInterval(() => document.hidden || pedido.repetir(), RELEER_CADA_MS)
    return () => clearInterval(reloj)
  }, [])
  return (
    <div class="ancho">
      <h1>{t.buzonTitulo}</h1>
      {pedido.estado === 'fallido' && <Fallo problema={pedido.problema} repetir={pedido.repetir} />}
      {pedido.estado === 'cargando' && <Esperando texto={t.cargando} />}
      {pedido.estado === 'listo' && pedido.valor.length === 0 && (
        <Vacio titulo={t.buzonVacio}>
          <p>{t.buzonVacioQueHacer}</p>
          <Enlace a="/" clase="principal">
            {t.buscarVuelos}
          </Enlace>
        </Vacio>
      )}
      {pedido.estado === 'listo' && pedido.valor.length > 0 && (
        <div class={abierto === null ? 'buzon' : 'buzon abierto'}>
          <ul class="tarjeta">
            {pedido.valor.map(({ id, asunto, para, fecha }) => (
              <li key={id} aria-current={id === abierto ? 'true' : undefined}>
                <Enlace a={`/buzon?correo=${encodeURIComponent(id)}`}>
                  <strong>{asunto}</strong>
                  <small class="quieto">
                    {para} · {fechaCompleta(fecha, idioma)}
                  </small>
                </Enlace>
              </li>
            ))}
          </ul>
          {abierto === null ? <p class="quieto ninguno">{t.eligeCorreo}</p> : <CorreoAbierto key={abierto} id={abierto} />}
        </div>
      )}
    </div>
  )
}

const CorreoAbierto = ({ id }: { id: string }) => {
  const { t } = useIdioma()
  const pedido = usePedido(id, () => leerCorreo(id))
  if (pedido.estado === 'cargando') return <Esperando texto={t.cargando} filas={1} />
  if (pedido.estado === 'fallido') return <Fallo problema={pedido.problema} repetir={pedido.repetir} />
  const { asunto, para, texto, adjuntos, id_reserva } = pedido.valor
  return (
    <article class="tarjeta correo">
      <Enlace a="/buzon" clase="todos">
        ← {t.todosLosCorreos}
      </Enlace>
      <h2>{asunto}</h2>
      <p class="quieto">
        {t.para}: {para}
      </p>
      {pedido.valor.html === null ? (
        <pre>{texto}</pre>
      ) : (
        <iframe title={asunto} sandbox="" src={`/api-buzon/${encodeURIComponent(id)}/html`} />
      )}
      {adjuntos.length > 0 && (
        <p class="quieto">
          {t.adjuntos}: {adjuntos.map(({ nombre }) => nombre).join(', ')}
        </p>
      )}
      {id_reserva !== null && (
        <Enlace a={`/reserva/${id_reserva}`} clase="secundario">
          {t.verReserva}
        </Enlace>
      )}
    </article>
  )
}
