import { useState } from 'preact/hooks'
import { buscarPorLocalizador, listarReservas, Problema } from '../api.ts'
import { nombreDelViaje } from '../formato.ts'
import { useIdioma } from '../idioma.tsx'
import { Esperando, Fallo, Vacio } from '../partes/avisos.tsx'
import { Trayecto } from '../partes/trayecto.tsx'
import { usePedido } from '../pedido.ts'
import { Enlace, irA } from '../ruta.tsx'

/** Las de este navegador, y cualquiera por su localizador y un apellido. */
export const PaginaMisReservas = () => {
  const { t } = useIdioma()
  const pedido = usePedido('mis-reservas', listarReservas)
  return (
    <div class="ancho">
      <h1>{t.misReservas}</h1>
      {pedido.estado === 'cargando' && <Esperando texto={t.cargando} />}
      {pedido.estado === 'fallido' && <Fallo problema={pedido.problema} repetir={pedido.repetir} />}
      {pedido.estado === 'listo' && pedido.valor.length === 0 && (
        <Vacio titulo={t.sinReservas}>
          <p>{t.sinReservasQueHacer}</p>
          <Enlace a="/" clase="principal">
            {t.buscarVuelos}
          </Enlace>
        </Vacio>
      )}
      {pedido.estado === 'listo' && (
        <ul class="ofertas">
          {pedido.valor.map(({ id, estado, localizador, itinerarios }) => (
            <li key={id}>
              <Enlace a={`/reserva/${id}`} clase="tarjeta oferta enlazada">
                <div>
                  <strong class="localizador chico">{localizador ?? id.slice(0, 8)}</strong>
                  <span class={`estado ${estado.toLowerCase()}`}>{t.estados[estado]}</span>
                </div>
                <div class="trayectos">
                  <strong>{nombreDelViaje(itinerarios.flatMap(({ odos }) => odos))}</strong>
                  {itinerarios
                    .flatMap(({ odos }) => odos)
                    .map((odo, i) => (
                      <Trayecto key={i} odo={odo} conDia />
                    ))}
                </div>
              </Enlace>
            </li>
          ))}
        </ul>
      )}
      <Encontrar />
    </div>
  )
}

const Encontrar = () => {
  const { t } = useIdioma()
  const [problema, fallar] = useState<Problema>()
  const encontrar = (evento: SubmitEvent) => {
    evento.preventDefault()
    const datos = new FormData(evento.currentTarget as HTMLFormElement)
    fallar(undefined)
    buscarPorLocalizador(String(datos.get('localizador')).trim().toUpperCase(), String(datos.get('apellido')).trim()).then(
      ({ id }) => irA(`/reserva/${id}`),
      (error: unknown) =>
        fallar(
          error instanceof Problema && error.estado === 404
            ? new Problema(404, { detail: t.noEncontrada })
            : error instanceof Problema
              ? error
              : new Problema(0, {}),
        ),
    )
  }
  return (
    <form class="tarjeta encontrar" onSubmit={encontrar}>
      <h2>{t.encontrarReserva}</h2>
      <div class="par">
        <div class="campo recuadro">
          <label for="localizador">{t.localizador}</label>
          <input id="localizador" name="localizador" required maxLength={6} minLength={6} autocomplete="off" class="mayusculas" />
          <small class="quieto">{t.localizadorAyuda}</small>
        </div>
        <div class="campo recuadro">
          <label for="apellido">{t.apellido}</label>
          <input id="apellido" name="apellido" required maxLength={80} autocomplete="family-name" />
          <small class="quieto">{t.apellidoAyuda}</small>
        </div>
      </div>
      {problema && <Fallo problema={problema} />}
      <button class="secundario" type="submit">
        {t.encontrar}
      </button>
    </form>
  )
}
