import { useState } from 'preact/hooks'
import { buscarVuelos, type Problema } from '../api.ts'
import { dinero, duracion } from '../formato.ts'
import { useIdioma } from '../idioma.tsx'
import { Esperando, Fallo, Vacio } from '../partes/avisos.tsx'
import { Buscador } from '../partes/buscador.tsx'
import { Aerolineas, Trayecto } from '../partes/trayecto.tsx'
import { usePedido } from '../pedido.ts'
import { irA } from '../ruta.tsx'
import type { Destacados, Oferta, Resultados } from '../tipos.ts'
import { guardarViaje } from '../viaje.ts'

const ORDENES = ['mejor', 'barato', 'rapido'] as const

/** Lo que se busca está en la dirección: cambiar el orden, volver o compartirla no pierde nada. */
export const PaginaResultados = ({ criterios }: { criterios: URLSearchParams }) => {
  const { t } = useIdioma()
  const orden = criterios.get('orden') ?? 'mejor'
  const pedido = usePedido(criterios.toString(), (senal) => buscarVuelos(criterios, senal))
  const ordenar = (nuevo: string) =>
    irA(`/buscar?${new URLSearchParams([...[...criterios].filter(([nombre]) => nombre !== 'orden'), ['orden', nuevo]])}`, {
      reemplazar: true,
    })
  return (
    <div class="ancho subido">
      <Buscador criterios={criterios} />
      {(pedido.estado === 'cargando' || (pedido.estado === 'listo' && pedido.valor.total > 0)) && (
        <fieldset class="ordenes">
          <legend class="oculto">{t.ordenar}</legend>
          {ORDENES.map((opcion) => (
            <button key={opcion} type="button" aria-pressed={opcion === orden} onClick={() => ordenar(opcion)}>
              <strong>{t.orden[opcion]}</strong>
              <Destacado de={pedido.estado === 'listo' ? pedido.valor.destacados?.[opcion] : undefined} />
            </button>
          ))}
        </fieldset>
      )}
      {pedido.estado === 'cargando' && <Esperando texto={t.buscando} />}
      {pedido.estado === 'fallido' && <Fallo problema={pedido.problema} repetir={pedido.repetir} />}
      {pedido.estado === 'listo' && <Lista key={criterios.toString()} primera={pedido.valor} criterios={criterios} />}
    </div>
  )
}

/** Lo que se ganaría con ese orden, antes de elegirlo. */
const Destacado = ({ de }: { de: NonNullable<Destacados>['mejor'] | undefined }) => {
  const { idioma } = useIdioma()
  return <small>{de ? `${dinero(de.total, de.moneda, idioma)} · ${duracion(de.duracion_minutos)}` : '\u00a0'}</small>
}

const Lista = ({ primera, criterios }: { primera: Resultados; criterios: URLSearchParams }) => {
  const { t } = useIdioma()
  const [ofertas, agregar] = useState(primera.itinerarios)
  const [siguiente, poner] = useState(primera.siguiente)
  const [problema, fallar] = useState<Problema>()
  if (ofertas.length === 0)
    return (
      <Vacio titulo={t.sinVuelos}>
        <p>{t.sinVuelosQueHacer}</p>
      </Vacio>
    )
  const mas = () => {
    const pagina = new URLSearchParams(criterios)
    pagina.set('token_pagina', siguiente ?? '')
    fallar(undefined)
    buscarVuelos(pagina).then((otra) => {
      agregar([...ofertas, ...otra.itinerarios])
      poner(otra.siguiente)
    }, fallar)
  }
  return (
    <>
      <p class="oculto" role="status">
        {t.resultados(primera.total)}
      </p>
      <ul class="ofertas">
        {ofertas.map((oferta) => (
          <TarjetaOferta key={oferta.id_oferta} oferta={oferta} busqueda={criterios.toString()} />
        ))}
      </ul>
      {problema && <Fallo problema={problema} repetir={mas} />}
      {siguiente !== null && !problema && (
        <button type="button" class="secundario centrado" onClick={mas}>
          {t.masVuelos}
        </button>
      )}
      <p class="quieto centrado">{t.horaLocal}</p>
    </>
  )
}

const TarjetaOferta = ({ oferta, busqueda }: { oferta: Oferta; busqueda: string }) => {
  const { t, idioma } = useIdioma()
  const { precio, odos } = oferta
  const viajeros = precio.por_pasajero.reduce((suma, { cantidad }) => suma + cantidad, 0)
  const elegir = () => {
    guardarViaje({ oferta, busqueda })
    irA('/reservar')
  }
  return (
    <li class="tarjeta oferta">
      <Aerolineas odos={odos} />
      <div class="trayectos">
        {odos.map((odo) => (
          <Trayecto key={odo.origen.codigo} odo={odo} conDia={odos.length > 1} />
        ))}
      </div>
      <div class="precio">
        <strong>{dinero(precio.total, precio.moneda, idioma)}</strong>
        <small class="quieto">{t.totalPara(viajeros, precio.moneda)}</small>
        {oferta.asientos <= 5 && <small class="acento">{t.quedan(oferta.asientos)}</small>}
        <button
          type="button"
          class="secundario"
          onClick={elegir}
          aria-label={`${t.elegir}: ${dinero(precio.total, precio.moneda, idioma)}, ${duracion(oferta.duracion_minutos)}`}
        >
          {t.elegir}
        </button>
      </div>
    </li>
  )
}
